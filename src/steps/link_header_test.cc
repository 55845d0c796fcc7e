// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Link headers as servers write them, and broken ones.
#include "steps/link_header.h"

#include <gtest/gtest.h>

namespace penstock::steps {
namespace {

void check(std::string_view header, std::string_view target) {
  EXPECT_EQ(next_link(header).value_or("none"), target) << header;
}

TEST(LinkHeader, FindsTheNextPage) {
  check(R"(<https://a.org/?page=2>; rel="next")", "https://a.org/?page=2");
  check(R"(<a>; rel="prev", <b>; rel="next", <c>; rel="last")", "b");
  check(R"(<a>;rel=next)", "a");
  check(R"(<a> ; REL = "Prev NEXT")", "a");
  check(R"(<a,b;c>; title="x, <y>; rel=\"next\""; rel=next)", "a,b;c");
  check(R"(<a>; title="x\"; rel=next", <b>; rel="next")", "b");
}

TEST(LinkHeader, OrNot) {
  check("", "none");
  check("<a>", "none");
  check(R"(<a>; rel="prev")", "none");
  check(R"(<a>; rel="prev"; rel="next")", "none");
  check(R"(<a>; rel="nextish")", "none");
  check(R"(a; rel="next")", "none");
}

TEST(LinkHeader, BrokenOnesEnd) {
  for (const auto* header : {"<", "<a", "<a>;", "<a>; rel", "<a>; rel=", "<a>; rel=\"", "<a>;;;;",
                             "<a>; rel=\"next", ">>>><<<<", "<a>; =next", "<a>; \\", ",,,"}) {
    (void)next_link(header);
  }
  check("<a>; rel=\"next", "a");
}

}  // namespace
}  // namespace penstock::steps
