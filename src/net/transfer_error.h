// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// libcurl's result codes as stable error kinds (docs/errors.md). It only translates.
#pragma once

#include <curl/curl.h>
#include <penstock/error.h>

#include <string_view>

#include "net/exchange.h"

namespace penstock::net {

/// What libcurl reported and how far the request was.
struct TransferFailure {
  CURLcode code;
  Phase phase;
  bool resolved;             ///< The host's name had been resolved.
  bool starved = false;      ///< There was no descriptor to resolve it with.
  int system_error = 0;      ///< errno of a failed connect.
  int proxy_status = 0;      ///< The proxy's answer to CONNECT; 0: none.
  std::string_view message;  ///< libcurl's own words.
  std::string_view who;      ///< "GET example.org".
};

/// REQUIRES: the code is not CURLE_OK.
Error to_error(const TransferFailure& failure);

}  // namespace penstock::net
