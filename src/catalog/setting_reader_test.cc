// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/setting_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace penstock::catalog {
namespace {

using namespace std::chrono_literals;

Setting text(std::string value) {
  return {.kind = SettingKind::text, .at = {7, 9}, .text = std::move(value)};
}
Setting whole(std::int64_t value) {
  return {.kind = SettingKind::whole,
          .at = {7, 9},
          .whole = value,
          .number = static_cast<double>(value)};
}
Setting number(double value) {
  return {.kind = SettingKind::number, .at = {7, 9}, .number = value};
}
Setting list(std::vector<Setting> elements) {
  return {.kind = SettingKind::array, .at = {7, 9}, .elements = std::move(elements)};
}
Setting table(std::string key, Setting value) {
  Setting made{.at = {1, 1}};
  made.entries.push_back({std::move(key), {7, 1}, std::move(value)});
  return made;
}

/// What reading `table` notes, as the user sees it.
std::string complaints(const Setting& tree, const std::function<void(SettingReader&)>& read) {
  Problems problems;
  SettingReader reader(tree, "limit.x", problems);
  read(reader);
  reader.done();
  std::string lines;
  for (const Problem& problem : problems.sorted()) lines += to_string(problem, "j.toml") + "\n";
  return lines;
}

TEST(SettingReader, GivesWhatStandsThere) {
  const Setting tree = table("wait", text("1.5s"));
  EXPECT_EQ(complaints(tree, [](SettingReader& r) { EXPECT_EQ(r.duration("wait"), 1500ms); }), "");
  EXPECT_EQ(complaints(table("size", text("64KiB")),
                       [](SettingReader& r) { EXPECT_EQ(r.bytes("size"), 65536U); }),
            "");
  EXPECT_EQ(complaints(table("size", whole(10)),
                       [](SettingReader& r) { EXPECT_EQ(r.bytes("size"), 10U); }),
            "");
  EXPECT_EQ(complaints(table("n", whole(3)),
                       [](SettingReader& r) {
                         EXPECT_EQ(r.whole("n", 1, 3), 3);
                         EXPECT_EQ(r.number("n", 1, 3), 3.0);
                       }),
            "");
  EXPECT_EQ(complaints(table("l", list({text("a"), text("b")})),
                       [](SettingReader& r) {
                         EXPECT_EQ(r.texts("l"), (std::vector<std::string>{"a", "b"}));
                       }),
            "");
}

TEST(SettingReader, AbsentIsNothingAndNoProblem) {
  EXPECT_EQ(complaints({},
                       [](SettingReader& r) {
                         EXPECT_EQ(r.text("a"), std::nullopt);
                         EXPECT_EQ(r.duration("b"), std::nullopt);
                         EXPECT_EQ(r.table("c"), nullptr);
                         EXPECT_EQ(r.choice("d", {"x"}), std::nullopt);
                       }),
            "");
}

TEST(SettingReader, SaysWhereWhatWasExpectedAndWhatWasFound) {
  EXPECT_EQ(complaints(table("wait", whole(30)), [](SettingReader& r) { r.duration("wait"); }),
            "j.toml:7:9: limit.x.wait: expected a duration such as \"30s\", \"250ms\" or \"2m\", "
            "found 30\n");
  EXPECT_EQ(complaints(table("url", whole(1)), [](SettingReader& r) { r.text("url"); }),
            "j.toml:7:9: limit.x.url: expected a string, found 1\n");
  EXPECT_EQ(complaints(table("n", whole(0)), [](SettingReader& r) { r.whole("n", 1, 9); }),
            "j.toml:7:9: limit.x.n: expected a whole number from 1 to 9, found 0\n");
  EXPECT_EQ(
      complaints(table("n", number(std::nan(""))), [](SettingReader& r) { r.number("n", 0, 1); }),
      "j.toml:7:9: limit.x.n: expected a number from 0 to 1, found nan\n");
  EXPECT_EQ(complaints(table("l", list({whole(1)})), [](SettingReader& r) { r.texts("l"); }),
            "j.toml:7:9: limit.x.l: expected a string or a list of strings, found a list\n");
}

TEST(SettingReader, ChoicesNameTheNearest) {
  EXPECT_EQ(
      complaints(table("as", text("txt")),
                 [](SettingReader& r) {
                   r.choice("as", {"bytes", "text", "json"});
                 }),
      "j.toml:7:9: limit.x.as: expected one of \"bytes\", \"text\", \"json\", found \"txt\"; did "
      "you mean \"text\"?\n");
}

TEST(SettingReader, UnknownKeysNameTheNearestKnownOne) {
  EXPECT_EQ(complaints(table("rte", text("1/s")), [](SettingReader& r) { r.text("rate"); }),
            "j.toml:7:1: limit.x.rte: unknown key; did you mean \"rate\"?\n");
  EXPECT_EQ(complaints(table("qqqqqq", text("1/s")), [](SettingReader& r) { r.text("rate"); }),
            "j.toml:7:1: limit.x.qqqqqq: unknown key\n");
}

}  // namespace
}  // namespace penstock::catalog
