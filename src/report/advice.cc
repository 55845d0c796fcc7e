// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One table; the entry with the longest matching beginning wins, so a family's line serves every
// kind that has none of its own.
#include "report/advice.h"

#include <array>

namespace penstock::report {
namespace {

struct Entry {
  std::string_view beginning;
  std::string_view advice;
};

constexpr std::array kEntries{
    Entry{"", "look at `penstock errors RUN --items` and `penstock logs RUN`"},
    Entry{"http.", "the service refused; look at one answer with `penstock errors RUN --items`"},
    Entry{"http.400", "the request is malformed for this item; see `penstock run JOB --dry-run`"},
    Entry{"http.401", "credentials are missing or wrong: set them and run again"},
    Entry{"http.402", "the account is out of credit: top up and run again"},
    Entry{"http.403", "access is forbidden; slow down, set user_agent, or leave these out"},
    Entry{"http.404", "these addresses do not exist (any more); nothing to retry"},
    Entry{"http.410", "these addresses are gone for good; nothing to retry"},
    Entry{"http.408", "the service timed out; retry later: `penstock retry RUN`"},
    Entry{"http.413", "the request is too large for the service; send less per item"},
    Entry{"http.429", "the service wants fewer calls: lower [limit] and `penstock retry RUN`"},
    Entry{"http.5", "the service failed; retry later: `penstock retry RUN`"},
    Entry{"net.", "no connection; check network and proxy, then `penstock retry RUN`"},
    Entry{"dns.", "the name did not resolve; check it, then `penstock retry RUN`"},
    Entry{"tls.", "the certificate was refused; set ca_file if the service has its own authority"},
    Entry{"timeout", "it took too long; raise the step's timeout or lower its concurrency"},
    Entry{"body.too_large", "the answer is larger than body_max; raise it or leave these out"},
    Entry{"body.", "the answer was incomplete or unreadable; `penstock retry RUN`"},
    Entry{"json.", "the answer is not the JSON that `each` or `as = \"json\"` expects"},
    Entry{"url.", "the address is not one that can be called; fix it in the input"},
    Entry{"address.",
          "the address is private or local; list it in the step's `allow` if it is yours"},
    Entry{"redirect.", "the service redirects without end or to a forbidden place"},
    Entry{"robots.", "the site asks robots to stay away; respect it, or ask its owner"},
    Entry{"input.", "the input row cannot be read; fix it and run again"},
    Entry{"item.", "the item lacks a field that the step uses; fix the input or the placeholder"},
    Entry{"skipped.", "left out on purpose; nothing to do"},
    Entry{"crash", "the item ends its worker; look at it alone with `penstock logs RUN`"},
    Entry{"worker.", "the item ends its worker; look at it alone with `penstock logs RUN`"},
    Entry{"quota.", "the quota is used up: the same command goes on when there is more"},
    Entry{"circuit.", "the host failed too often in a row; retry later: `penstock retry RUN`"},
};

}  // namespace

std::string_view advice(std::string_view kind) noexcept {
  const Entry* best = &kEntries[0];
  for (const Entry& entry : kEntries)
    if (kind.starts_with(entry.beginning) && entry.beginning.size() > best->beginning.size())
      best = &entry;
  return best->advice;
}

}  // namespace penstock::report
