// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// From an item to a request: templates rendered, redirects taken into account. Pure.
#pragma once

#include <penstock/error.h>
#include <penstock/executor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "net/http_message.h"
#include "net/url.h"
#include "steps/http_options.h"
#include "steps/secret_mask.h"

namespace penstock::steps {

/// Beside the status of a hop: another host has named its URL, so it gets no credentials, also if
/// it leads back to where they are from.
inline constexpr std::uint16_t kStrangersHop = 0x8000;

/// The same behind the link of a following page, which has no status: a fragment, never sent.
inline constexpr std::string_view kStrangersMark = "#stranger";

/// Where a call goes instead of where its step says.
struct Hop {
  std::string_view link;     ///< Absolute; empty: none.
  std::uint16_t status = 0;  ///< Of the redirect, with kStrangersHop; 0: a following page.
};

/// The URL that a call for this value goes to.
/// Errors: invalid: "item.field", "url.syntax", "url.scheme", "url.userinfo".
Result<net::Url> url_for(const HttpAsk& ask, json::Node value, std::string_view hop,
                         const placeholders::Resolver& resolve);

/// As an output shows it: `***` where a value of the environment or a secret stands.
/// REQUIRES: url_for() gave it.
std::string shown_url_for(const HttpAsk& ask, json::Node value, std::string_view hop,
                          const net::Url& url);

/// All reserved names that its templates use.
std::vector<std::string> reserved_names_of(const HttpAsk& ask);

/// Whether any header, or a secret anywhere else, is for trusted hosts only.
bool has_credentials(const HttpAsk& ask);

/// Whether credentials may go to this URL.
Result<bool> is_trusted(const HttpOptions& options, json::Node value, const Hop& hop,
                        const net::Url& url, const placeholders::Resolver& resolve);

/// The URL of this call came out of a response, so the guard and robots rules apply.
bool is_from_response(const HttpManners& manners, const Hop& hop) noexcept;

/// The whole request, without its callbacks.
///
/// A redirect keeps method and body, except that 303, and 301 and 302 after a POST, become a GET
/// without body and without the headers that speak of it (and stay one: verdict_of() gives 303 for
/// whatever follows). Where it leaves the origin of the step's own URL, `host` stays behind.
/// Credentials go to the step's own origin only, if the job has named it, and to
/// `credentials_to`; else every header stays behind that a secret stands in or whose name says so
/// (authorization, cookie, x-api-key, *-token, ...).
/// Errors: as url_for(); "item.header"; rejected "redirect.credentials" for a secret in a body or
/// URL that would go anywhere else.
/// Marks that `mask` left in the hop are filled in where credentials may go, and nowhere else.
/// Source: RFC 9110 15.4; Fetch standard 4.4 (read 2026-11).
Result<net::HttpRequest> request_for(const HttpOptions& options, json::Node value, const Hop& hop,
                                     const placeholders::Resolver& resolve, const SecretMask& mask);

/// The request as `--dry-run` shows it: request line, headers, an empty line, the body.
Result<std::string> preview_of(const HttpOptions& options, json::Node value);

}  // namespace penstock::steps
