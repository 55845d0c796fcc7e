// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Both checks end chains that a hostile or broken service would make endless.
#include "engine/redirect.h"

#include <algorithm>
#include <string>

#include "core/fingerprint.h"

namespace penstock::engine {

Status check_redirect(const Item& item, std::string_view link, std::uint32_t redirects_max) {
  if (item.hops >= redirects_max) {
    return Error{Errc::rejected, "more than " + std::to_string(redirects_max) + " redirects",
                 "redirect.too_many", Sent::yes};
  }
  if (!link.starts_with("http://") && !link.starts_with("https://")) {
    return Error{
        Errc::rejected,
        "redirect to something other than http or https: " + std::string(link.substr(0, 200)),
        "redirect.scheme", Sent::yes};
  }
  return ok();
}

Status check_page(const Item& item, Item& page, std::uint32_t pages_max) {
  const std::uint64_t hash = fingerprint(page.own.hop).words[0];
  page.pages_seen = item.pages_seen;
  const bool was_here =
      std::find(page.pages_seen.begin(), page.pages_seen.end(), hash) != page.pages_seen.end();
  page.pages_seen.push_back(hash);
  if (was_here) {
    return Error{Errc::rejected, "next leads to a page that was fetched before: " + page.own.hop,
                 "next.cycle", Sent::no};
  }
  if (page.own.index >= pages_max) {
    return Error{Errc::rejected, "more than pages_max = " + std::to_string(pages_max) + " pages",
                 "next.too_many", Sent::no};
  }
  return ok();
}

}  // namespace penstock::engine
