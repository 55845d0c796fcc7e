// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What stands in the file of a record. An answer can say anything, so a path in it is taken only
// for a name in the run's own folder of bodies.
#pragma once

#include <penstock/sink.h>

#include <string>
#include <string_view>

namespace penstock::sinks {

struct FileContent {
  std::string bytes;
  std::string body_name;  ///< Not empty: the file of this name in the folder of bodies instead.
};

/// Of an output, the first that there is: member `text`, `body`, `base64` (decoded), `file`; else
/// the output itself, a string as text and anything else as JSON.
///
/// A `file` counts only if it lies right in a folder called like `bodies_folder`.
[[nodiscard]] FileContent content_of(std::string_view output, std::string_view bodies_folder);

}  // namespace penstock::sinks
