// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// From a response to a verdict: statuses, content types, text, JSON, fan-out and the next page.
// Pure, and the CPU-heavy half of the HTTP step, so it may run on a compute thread.
#pragma once

#include <penstock/executor.h>

#include <string>
#include <utility>
#include <vector>

#include "net/http_message.h"
#include "net/url.h"
#include "steps/http_options.h"

namespace penstock::steps {

/// A request that has ended, with what is needed to judge it.
struct Exchange {
  net::Url url;                ///< The one that was requested.
  std::string shown_url;       ///< How outputs show it: `***` for what came from the environment.
  bool from_response = false;  ///< It came out of a response, so its host is a stranger.
  bool trusted = true;         ///< It got the step's credentials, if there are any.
  bool became_get = false;     ///< A redirect has dropped method and body: for the rest of the way.
  std::string file;            ///< With `as = "file"`: where the body was put.
  net::HttpResponse response;
};

/// Error bodies are read up to here: enough for what APIs say in them.
inline constexpr std::size_t kErrorBodyBytesMax = 64 << 10;

/// Whether the answer is to be read on, judged by its status and headers.
bool is_wanted(const HttpTake& take, int status, const net::HeaderList& headers);

/// The verdict.
///
///     2xx                    done, or failed if the body is not what `as`, `each`, `next` need
///     2xx, type not wanted   skipped ("skipped.type")
///     301 302 303 307 308    moved, with an absolute link
///     429                    throttled
///     402                    exhausted ("quota"), as 400, 403 and 429 whose JSON has the code of a
///                            used-up quota in `error.code`, `error.type`, `code` or `type`
///     408 425 5xx            unavailable ("http.503")
///     everything else        rejected ("http.404")
///
/// Only services of the job's own can end a run by "quota": strangers cannot.
ItemVerdict verdict_of(const HttpTake& take, const Exchange& exchange);

/// The headers that limits learn from, as they came, with names in lower case. `Retry-After` and
/// its kin count with 429 and 503 only: elsewhere they are not about the next call (RFC 9110
/// 10.2.3).
std::vector<std::pair<std::string, std::string>> rate_headers_of(int status,
                                                                 const net::HeaderList& headers);

}  // namespace penstock::steps
