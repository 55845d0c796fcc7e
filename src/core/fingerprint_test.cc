// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Fingerprints are in ledgers: these values may never change.
#include "core/fingerprint.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::string_view_literals;

TEST(Fingerprint, IsXxh3) {
  EXPECT_EQ(to_hex(fingerprint(""sv)), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(to_hex(fingerprint("penstock"sv)), "c6932a2f07b073d6763ffab4001f7bdf");
}

TEST(Fingerprint, PartsAreKeptApart) {
  EXPECT_NE(fingerprint({"ab", "c"}), fingerprint({"a", "bc"}));
  EXPECT_NE(fingerprint({"a", "b"}), fingerprint({"b", "a"}));
  EXPECT_NE(fingerprint({"a"}), fingerprint({"a", ""}));
  EXPECT_NE(combine(fingerprint("a"sv), fingerprint("b"sv)),
            combine(fingerprint("b"sv), fingerprint("a"sv)));
  EXPECT_EQ(to_hex(fingerprint({"a", "b"})), "f1b066d1212fe169f96bbdb9b7b1ac84");
}

TEST(Fingerprint, HexGoesBothWays) {
  const Fingerprint some{{0x0123456789abcdefU, 0x00000000000000ffU}};
  EXPECT_EQ(to_hex(some), "0123456789abcdef00000000000000ff");
  EXPECT_EQ(fingerprint_from_hex(to_hex(some)), some);
  for (const char* wrong :
       {"", "0123", "0123456789ABCDEF00000000000000ff", "0123456789abcdef00000000000000f-",
        " 123456789abcdef00000000000000ff", "0123456789abcdef00000000000000ff0"}) {
    EXPECT_FALSE(fingerprint_from_hex(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace penstock
