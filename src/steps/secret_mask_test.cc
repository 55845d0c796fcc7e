// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What is found of a secret, and that a link finds back.
#include "steps/secret_mask.h"

#include <gtest/gtest.h>

namespace penstock::steps {
namespace {

SecretMask mask_of(const std::vector<std::string>& names) {
  return SecretMask(names, [](std::string_view name) -> std::optional<std::string> {
    if (name == "secret.KEY") return "s3 cr+t";
    if (name == "secret.LONG") return "s3 cr+t and more";
    if (name == "secret.TINY") return "abc";
    if (name == "env.HOME") return "/home/me";
    return std::nullopt;
  });
}

TEST(SecretMask, HidesAllForms) {
  const SecretMask mask = mask_of({"secret.KEY"});
  EXPECT_EQ(mask.hide("a s3 cr+t s3%20cr%2Bt s3+cr%2Bt z"), "a *** *** *** z");
  EXPECT_EQ(mask.hide("https://a.org/?k=%7Bsecret.KEY%7D"), "https://a.org/?k=***");
}

TEST(SecretMask, TheLongerOneFirst) {
  const SecretMask mask = mask_of({"secret.KEY", "secret.LONG"});
  EXPECT_EQ(mask.hide("s3 cr+t and more"), "***");
}

TEST(SecretMask, OnlySecretsThatAreOnes) {
  const SecretMask mask = mask_of({"secret.TINY", "secret.NONE", "env.HOME", "worker"});
  EXPECT_EQ(mask.hide("abc /home/me 0"), "abc /home/me 0");
  EXPECT_EQ(SecretMask().hide("x"), "x");
}

TEST(SecretMask, LinksComeBack) {
  const SecretMask mask = mask_of({"secret.KEY"});
  const std::string link = "https://a.org/?key=s3%20cr%2Bt&page=2";
  EXPECT_EQ(mask.mark(link), "https://a.org/?key=%7Bsecret.KEY%7D&page=2");
  EXPECT_EQ(mask.reveal(mask.mark(link)), link);
  EXPECT_EQ(mask.reveal("https://a.org/?key=%7Bsecret.OTHER%7D"),
            "https://a.org/?key=%7Bsecret.OTHER%7D");
}

}  // namespace
}  // namespace penstock::steps
