// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One slot of the worker holds it.
#include "steps/worker_http.h"

#include <utility>

namespace penstock::steps {

Result<std::shared_ptr<WorkerHttp>> worker_http(StepContext& context) {
  std::shared_ptr<void>& slot = context.shared("http");
  if (slot == nullptr) {
    PENSTOCK_TRY(client, net::make_http_client(context.loop()));
    auto made = std::make_shared<WorkerHttp>();
    made->client = std::move(client);
    made->robots = std::make_unique<RobotsGate>(*made->client, context.loop());
    slot = std::move(made);
  }
  return std::static_pointer_cast<WorkerHttp>(slot);
}

}  // namespace penstock::steps
