// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Slugs are readable, never empty, bounded, and the same for ever.
#include "placeholders/slug.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/utf8.h"

namespace penstock::placeholders {
namespace {

TEST(Slug, LowersFoldsAndJoins) {
  EXPECT_EQ(slug("C'est déjà l'été!"), "c-est-deja-l-ete");
  EXPECT_EQ(slug("  --Hello,   World--  "), "hello-world");
  EXPECT_EQ(slug("ÆØÅ Straße Łódź Œuvre Ĳ × ÷"), "aeoa-strasse-lodz-oeuvre-ij");
  EXPECT_EQ(slug("e\u0301te\u0301"), "ete");
  EXPECT_EQ(slug("a_b.c/d\\e\n"), "a-b-c-d-e");
}

TEST(Slug, KeepsOtherScripts) {
  EXPECT_EQ(slug("日本語 検索"), "日本語-検索");
  EXPECT_EQ(slug("Поиск, да"), "Поиск-да");
  EXPECT_EQ(slug("「引用」、テスト。"), "引用-テスト");
  EXPECT_EQ(slug("हिन्दी"), "हिन्दी");
  EXPECT_EQ(slug("x 😀 y"), "x-y");
}

TEST(Slug, IsNeverEmpty) {
  EXPECT_EQ(slug("").size(), 16U);
  EXPECT_EQ(slug("!?").size(), 16U);
  EXPECT_NE(slug("!?"), slug("?!"));
  EXPECT_NE(slug("😀"), slug("😁"));
}

TEST(Slug, CutsEndWithAHash) {
  const std::string text(100, 'a');
  const std::string cut = slug(text);
  EXPECT_EQ(cut.size(), 80U);
  EXPECT_EQ(cut.substr(0, 64), std::string(63, 'a') + "-");
  EXPECT_NE(cut, slug(text + "b"));
  EXPECT_EQ(slug(std::string(80, 'a')), std::string(80, 'a'));
  std::string wide;
  for (int i = 0; i < 30; ++i) wide += "日";
  EXPECT_EQ(slug(wide).size(), 80U);
  EXPECT_TRUE(utf8::is_valid(slug("a" + wide)));
  EXPECT_LE(slug("a" + wide).size(), 80U);
}

RC_GTEST_PROP(Slug, IsAlwaysAName, (const std::string& bytes)) {
  const std::string name = slug(utf8::to_valid(bytes), 24);
  RC_ASSERT(!name.empty() && name.size() <= 24);
  RC_ASSERT(name.front() != '-' && name.back() != '-');
  RC_ASSERT(utf8::is_valid(name));
  RC_ASSERT(std::none_of(name.begin(), name.end(), [](char c) {
    return std::string_view("/.\\ \n\t\0", 7).find(c) != std::string_view::npos;
  }));
}

}  // namespace
}  // namespace penstock::placeholders
