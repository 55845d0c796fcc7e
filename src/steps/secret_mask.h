// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The secrets of a step, so that none leaves its worker in a link, a message or a recorded URL.
// Pure text; it knows nothing of requests.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "placeholders/template.h"

namespace penstock::steps {

/// Finds values as they are, percent-encoded and form-encoded; what a filter made of one (`upper`,
/// `hash`) is not recognized. Values of fewer than kBytesMin bytes are left alone: they would be
/// found everywhere, and are no secrets.
///
/// Threads: any, read only.
class SecretMask {
 public:
  static constexpr std::size_t kBytesMin = 4;

  SecretMask() = default;

  /// Those of the reserved names that are secrets and have a value.
  SecretMask(const std::vector<std::string>& reserved_names, const placeholders::Resolver& resolve);

  /// For eyes and records: `***` where a secret stood.
  std::string hide(std::string text) const;

  /// For a link that comes back: the name where a secret stood, as `%7Bsecret.NAME%7D`.
  std::string mark(std::string link) const;

  /// The link of mark() as it was. Only for whom the secrets may be sent to.
  std::string reveal(std::string link) const;

 private:
  struct Secret {
    std::string mark;
    std::string encoded;             // As a URL holds it.
    std::vector<std::string> forms;  // As it may be found.
  };
  std::vector<Secret> secrets_;  // Those of long values first: one may hold another.
};

}  // namespace penstock::steps
