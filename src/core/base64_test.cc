// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "core/base64.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

void check(std::string_view bytes, std::string_view text) {
  EXPECT_EQ(base64(bytes), text);
  EXPECT_EQ(from_base64(text), bytes);
}

// Source: RFC 4648, section 10.
TEST(Base64, GivesTheVectorsOfTheRfc) {
  check("", "");
  check("f", "Zg==");
  check("fo", "Zm8=");
  check("foo", "Zm9v");
  check("foob", "Zm9vYg==");
  check("fooba", "Zm9vYmE=");
  check("foobar", "Zm9vYmFy");
}

TEST(Base64, TakesBytesAsUnsigned) { check({"\xFF\xFE\x00", 3}, "//4A"); }

TEST(Base64, CarriesEveryByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    EXPECT_EQ(from_base64(base64(bytes.substr(0, size))), bytes.substr(0, size));
  }
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n",
                           "Zm-v", "Zm_v", "Z=9v", " Zm9"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace penstock
