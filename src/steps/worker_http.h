// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The HTTP client of a worker, shared by all of its steps.
#pragma once

#include <penstock/error.h>
#include <penstock/step.h>

#include <memory>

#include "net/http_client.h"
#include "steps/robots_gate.h"

namespace penstock::steps {

/// Made when the first step asks, gone with the worker's last one.
struct WorkerHttp {
  std::unique_ptr<net::HttpClient> client;
  std::unique_ptr<RobotsGate> robots;
};

/// Errors: system, internal.
Result<std::shared_ptr<WorkerHttp>> worker_http(StepContext& context);

}  // namespace penstock::steps
