// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The HTTP step: one request a call. It follows no redirect and repeats nothing; it says what
// happened, and the engine decides.
#pragma once

#include <penstock/step.h>

#include <memory>

#include "steps/http_options.h"

namespace penstock::steps {

/// Outputs, by `as`:
///
///     json    the body itself, compact; with `each` without that array, whose elements fan out
///     text    {"text":"...","title":"...","url":"...","type":"text/html","bytes":123}
///     bytes   {"body":"..." or "base64":"...","url":"...","type":"...","bytes":123}
///     file    {"file":"/run/folder/...","url":"...","type":"...","bytes":123}
std::shared_ptr<const Step> make_http_step(HttpOptions options);

}  // namespace penstock::steps
