// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The one error of the decoders.
#pragma once

#include <penstock/error.h>

#include <string>

namespace penstock::wire {

/// A payload passed its check and still does not follow the grammar: a bug, or a worker that
/// wrote over its own memory.
[[nodiscard]] inline Error corrupt_payload(const std::string& what) {
  return Error{.code = Errc::corrupt,
               .message = "read " + what + ": the bytes do not follow the grammar",
               .kind = "wire.corrupt"};
}

}  // namespace penstock::wire
