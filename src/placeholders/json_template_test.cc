// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bodies stay JSON of the same structure, and values keep their types.
#include "placeholders/json_template.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/json_text.h"

namespace penstock::placeholders {
namespace {

constexpr std::string_view kItem =
    R"({"n":1.50,"t":"a\"b\n","on":true,"none":null,"list":[1,{"x":2}],"inject":"\",\"evil\":1}"})";

std::string render(std::string_view json) {
  const auto parsed = JsonTemplate::parse(json);
  if (!parsed) return parsed.error().kind + ": " + parsed.error().message;
  const auto document = json::Document::parse(kItem);
  const auto text = parsed->render(document->root(), preview_resolver);
  return text ? *text : text.error().kind + ": " + text.error().message;
}

TEST(JsonTemplate, ASinglePlaceholderKeepsTheType) {
  EXPECT_EQ(render(R"({"a": "{n}", "b": "{t}", "c": ["{on}", "{none}"], "d": "{list}"})"),
            R"({"a":1.50,"b":"a\"b\n","c":[true,null],"d":[1,{"x":2}]})");
  EXPECT_EQ(render(R"("{n}")"), "1.50");
}

TEST(JsonTemplate, WithOtherTextOrFiltersItIsAString) {
  EXPECT_EQ(
      render(
          R"(["{n|pad:6}", "n={n}", "{t|trim}", "{n|json}", "{t|trim|json}", "{nope|default:3}"])"),
      R"(["001.50","n=1.50","a\"b",1.50,"a\"b","3"])");
}

TEST(JsonTemplate, TheRestStandsAsItIs) {
  EXPECT_EQ(render(R"({"{n}": 1e2, "x": [ ], "y": {}, "z": "{{n}}", "é\n": null, "plain": "p"})"),
            R"({"{n}":1e2,"x":[],"y":{},"z":"{n}","é\n":null,"plain":"p"})");
  EXPECT_EQ(render(R"({"key": "{secret.KEY}"})"), R"({"key":"***"})");
}

TEST(JsonTemplate, ItemTextCannotBreakOut) {
  EXPECT_EQ(render(R"({"a": "x{inject}", "b": "{inject}"})"),
            R"({"a":"x\",\"evil\":1}","b":"\",\"evil\":1}"})");
}

RC_GTEST_PROP(JsonTemplate, AnyTextReadsBack, (const std::string& bytes)) {
  const auto parsed = JsonTemplate::parse(R"({"a":"<{x}>","b":"{x}"})");
  const auto item = json::Document::parse(R"({"x":)" + json::quoted(bytes) + "}");
  const auto document = json::Document::parse(*parsed->render(item->root()));
  const std::string text(item->root().member("x")->text());
  RC_ASSERT(document->root().member("a")->text() == "<" + text + ">");
  RC_ASSERT(document->root().member("b")->text() == text);
}

TEST(JsonTemplate, RefusalsSayWhere) {
  EXPECT_EQ(render(R"({"a": [1, {"b/c": "x {"}]})"),
            "job.placeholder: at /a/1/b~1c: column 3: \"{\" begins no placeholder; "
            "write {{ for a brace");
  EXPECT_EQ(render(R"("{a|nope}")").substr(0, 26), "job.placeholder: column 4:");
  EXPECT_EQ(render("{").substr(0, 12), "json.syntax:");
  EXPECT_EQ(render(R"(["{nope}"])"), "item.field: {nope}: there is no such field");
}

TEST(JsonTemplate, NamesAndText) {
  const auto parsed = JsonTemplate::parse(R"({ "a": "{x}{y}", "b": ["{x}", "{worker}"] })");
  EXPECT_EQ(parsed->names(), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(parsed->reserved_names(), std::vector<std::string>{"worker"});
  EXPECT_EQ(parsed->text(), R"({"a":"{x}{y}","b":["{x}","{worker}"]})");
}

}  // namespace
}  // namespace penstock::placeholders
