// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bytes as text, for bodies that are no UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace penstock::steps {

/// With padding. Source: RFC 4648 4.
std::string base64(std::string_view bytes);

}  // namespace penstock::steps
