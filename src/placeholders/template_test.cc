// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a template makes of an item: placeholders, defaults, reserved names, refusals.
#include "placeholders/template.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/json_text.h"

namespace penstock::placeholders {
namespace {

constexpr std::string_view kItem =
    R"({"rank":7,"term":"a&b","url":"https://x.org/ü?q=1","empty":"","none":null,"list":[1,"x"],)"
    R"("NCT Code":"N1","price":1.50,"braces":"{term} {{x}}","worker":"item's own",)"
    R"("parent":{"list name":"L","search":{"total":3}}})";

// The rendered text, or "kind: message".
std::string shown(const Result<std::string>& result) {
  return result ? *result : result.error().kind + ": " + result.error().message;
}

std::string render(std::string_view text, Place place = Place::plain,
                   std::string_view item = kItem) {
  const auto parsed = Template::parse(text, place);
  if (!parsed) return parsed.error().kind + ": " + parsed.error().message;
  const auto document = json::Document::parse(item);
  return shown(parsed->render(document->root()));
}

TEST(Template, InsertsFields) {
  EXPECT_EQ(render("rank {rank} of {search.total} in {list name}"), "rank 7 of 3 in L");
  EXPECT_EQ(render("{/parent/search/total}{NCT Code}"), "3N1");
  EXPECT_EQ(render("{price} {list} {list.1} {search}"), R"(1.50 [1,"x"] x {"total":3})");
  EXPECT_EQ(render("no placeholder"), "no placeholder");
  EXPECT_EQ(render(""), "");
  EXPECT_EQ(render("[{empty}]"), "[]");
}

TEST(Template, DoubledBracesAreBraces) {
  EXPECT_EQ(render("{{rank}} {{{rank}}} }}{{"), "{rank} {7} }{");
}

TEST(Template, ItemTextIsNeverATemplate) { EXPECT_EQ(render("{braces}"), "{term} {{x}}"); }

TEST(Template, FiltersAreChained) {
  EXPECT_EQ(render("{rank|pad:3}-{NCT Code|lower|pad:4}"), "007-00n1");
  EXPECT_EQ(render("{list|json} {term|json} {rank|json} {rank|pad:2|json}"),
            R"([1,"x"] "a&b" 7 "07")");
}

TEST(Template, MissingAndNullAreErrorsThatNameTheField) {
  EXPECT_EQ(render("{nope}"), "item.field: {nope}: there is no such field");
  EXPECT_EQ(render("{none|upper}"), "item.field: {none}: the field is null");
  EXPECT_EQ(render("{search.nope}"), "item.field: {search.nope}: there is no such field");
  EXPECT_EQ(render("{secret.KEY}"), "item.field: {secret.KEY}: is not known here");
}

TEST(Template, DefaultsStandForMissingNullAndEmpty) {
  EXPECT_EQ(render("{nope|default:d} {none|default:d} {empty|default:d} {rank|default:d}"),
            "d d d 7");
  EXPECT_EQ(render("{nope|upper|default:d|upper}"), "D");
  EXPECT_EQ(render("[{nope|default:}]"), "[]");
  EXPECT_EQ(render("{nope|json|default:x}"), "x");
}

TEST(Template, ReservedNamesAreForTheResolverOnly) {
  const auto parsed = Template::parse("{worker}/{attempt} {env.HOME} {secret.KEY} {/worker}");
  const auto document = json::Document::parse(kItem);
  const auto resolve = [](std::string_view name) -> std::optional<std::string> {
    return "<" + std::string(name) + ">";
  };
  EXPECT_EQ(shown(parsed->render(document->root(), resolve)),
            "<worker>/<attempt> <env.HOME> <secret.KEY> item's own");
  EXPECT_EQ(shown(parsed->render(document->root(), preview_resolver)), "0/1 *** *** item's own");
}

TEST(Template, RefusalsOfValuesDoNotRepeatThem) {
  const auto parsed = Template::parse("Bearer {secret.KEY}", Place::header);
  const auto document = json::Document::parse("{}");
  const auto resolve = [](std::string_view) { return std::string("hunter2\n"); };
  EXPECT_EQ(shown(parsed->render(document->root(), resolve)),
            "item.header: {secret.KEY}: a control character in a header");
}

TEST(Template, NamesItsFieldsAndReservedNames) {
  const auto parsed =
      Template::parse("{b}{a.x}{b}{worker}{env.E}{c|default:1}{/p}{secret.S}{secret.S}");
  EXPECT_EQ(parsed->names(), (std::vector<std::string>{"b", "a.x", "/p"}));
  EXPECT_EQ(parsed->reserved_names(), (std::vector<std::string>{"worker", "env.E", "secret.S"}));
}

TEST(Template, KnowsConstantAndSingle) {
  const auto is = [](std::string_view text, bool constant, bool single) {
    const auto parsed = Template::parse(text);
    EXPECT_EQ(parsed->is_constant(), constant) << text;
    EXPECT_EQ(parsed->is_single(), single) << text;
    EXPECT_EQ(parsed->text(), text);
  };
  is("", true, false);
  is("{{x}}", true, false);
  is("{x}", false, true);
  is("{x|trim}", false, true);
  is("{x} ", false, false);
  is("{x}{y}", false, false);
}

TEST(Template, RefusalsNameTheColumn) {
  const auto refuses = [](std::string_view text, std::string_view message) {
    EXPECT_EQ(render(text), "job.placeholder: " + std::string(message));
  };
  refuses("{", R"(column 1: "{" begins no placeholder; write {{ for a brace)");
  refuses("é {rank", R"(column 3: "{" begins no placeholder; write {{ for a brace)");
  refuses("a}", R"(column 2: "}" ends no placeholder; write }} for a brace)");
  refuses("{}", "column 2: a placeholder needs a name; write {{ for a brace");
  refuses("{\n}", R"(column 1: "{" begins no placeholder; write {{ for a brace)");
  refuses(R"({"a": 1})", "column 2: a name has no quotes; write {{ for a brace");
  refuses("{ a}", "column 2: blanks around a name; write {{ for a brace");
  refuses("{a{b}}", R"(column 1: "{" begins no placeholder; write {{ for a brace)");
  refuses("{|trim}", "column 2: a placeholder needs a name; write {{ for a brace");
  refuses("{/a~}", R"(column 2: JSON pointer "/a~": ~ must be followed by 0 or 1)");
  refuses("{env.}", "column 2: a name must follow the dot");
  refuses("{a|slig}", R"(column 4: unknown filter "slig", did you mean "slug"?)");
  refuses("{a|trim|}", R"(column 9: unknown filter "")");
}

TEST(Template, LiteralsAreCheckedForTheirPlace) {
  EXPECT_EQ(render("a\r\nb: {rank}", Place::header),
            "job.placeholder: column 1: a control character where none may be");
  EXPECT_EQ(render("https://x/ \n", Place::url),
            "job.placeholder: column 1: a control character where none may be");
  EXPECT_EQ(render("a\tb", Place::header), "a\tb");
}

TEST(Template, UrlsEncodeValuesButNotTheirOwnText) {
  EXPECT_EQ(render("https://h/s?q={term}&n={search.total}", Place::url), "https://h/s?q=a%26b&n=3");
  EXPECT_EQ(render("https://h/{url}", Place::url),
            "https://h/https%3A%2F%2Fx.org%2F%C3%BC%3Fq%3D1");
  EXPECT_EQ(render("https://h/?u={url|urlencode}", Place::url),
            "https://h/?u=https%3A%2F%2Fx.org%2F%C3%BC%3Fq%3D1");
}

TEST(Template, AUrlThatBeginsTheTemplateIsAUrl) {
  EXPECT_EQ(render("{url}", Place::url), "https://x.org/%C3%BC?q=1");
  EXPECT_EQ(render("{url}&n={term}", Place::url), "https://x.org/%C3%BC?q=1&n=a%26b");
  EXPECT_EQ(render("{term}", Place::url),
            "url.scheme: {term}: not a URL that begins with http:// or https://");
}

TEST(Template, ValuesCannotClimbInAUrl) {
  const std::string_view dots = R"({"a":"..","b":".","c":"..."})";
  const auto path = [&](std::string_view text) { return render(text, Place::url, dots); };
  EXPECT_EQ(path("https://h/{a}/x"),
            R"(item.url: https://h/{a}/x: the path of the URL would have a part "..")");
  EXPECT_EQ(path("https://h/{b}").substr(0, 9), "item.url:");
  EXPECT_EQ(path("https://h/{b}{b}").substr(0, 9), "item.url:");
  EXPECT_EQ(path("https://h/{c}/?q={a}#{a}"), "https://h/.../?q=..#..");
}

TEST(Template, FormQueryHeaderJsonArgv) {
  const std::string_view item = R"({"x":"a b~ü&=+\"\\\n","nul":"a\u0000b","ok":"é \t x"})";
  EXPECT_EQ(render("{x}", Place::query, item), "a%20b~%C3%BC%26%3D%2B%22%5C%0A");
  EXPECT_EQ(render("{x}", Place::form, item), "a+b%7E%C3%BC%26%3D%2B%22%5C%0A");
  EXPECT_EQ(render("{x}", Place::json, item), R"(a b~ü&=+\"\\\n)");
  EXPECT_EQ(render("{ok}", Place::header, item), "é \t x");
  EXPECT_EQ(render("{x}", Place::header, item),
            "item.header: {x}: a control character in a header");
  EXPECT_EQ(render("--x={x}", Place::argv, item), "--x=a b~ü&=+\"\\\n");
  EXPECT_EQ(render("{nul}", Place::argv, item), "item.argv: {nul}: a NUL character in an argument");
  EXPECT_EQ(render("{nul|urlencode}", Place::form, item), "a%00b");
}

TEST(Template, PathsStayInsideTheirFolder) {
  const auto path = [](std::string_view text, std::string_view x) {
    return render(text, Place::path, R"({"e":"","x":)" + json::quoted(x) + "}");
  };
  EXPECT_EQ(path("texts/{x|slug}/{x}.txt", "Été à Paris"), "texts/ete-a-paris/Été à Paris.txt");
  EXPECT_EQ(path("t/{x}", "../../etc/passwd"), "t/%2E.%2F..%2Fetc%2Fpasswd");
  EXPECT_EQ(path("t/{x}/y", ".."), "t/%2E./y");
  EXPECT_EQ(path("t/{x}", "."), "t/%2E");
  EXPECT_EQ(path("t/.{x}", "."), "t/%2E.");
  EXPECT_EQ(path("t/{x}{x}", "."), "t/%2E.");
  EXPECT_EQ(path("t/{e}{x}", ".bashrc"), "t/%2Ebashrc");
  EXPECT_EQ(path("t/{e}.txt", ""), "t/%2Etxt");
  EXPECT_EQ(path("t/.cache-{x}", "a"), "t/.cache-a");
  EXPECT_EQ(path("../out/{x}", "a%b\n"), "../out/a%25b%0A");
  EXPECT_EQ(path("/abs//{x}", std::string_view("\0", 1)), "/abs//%00");
  EXPECT_EQ(path("t/{x}/y", ""), "item.path: an empty file name");
  EXPECT_EQ(path("{x}", "/etc"), "%2Fetc");
}

// Whatever the two values are: inside the folder, no name hidden, and different for different.
RC_GTEST_PROP(Template, PathsAreSafeAndDoNotCollide, (const std::string& a, const std::string& b)) {
  const auto path = [](const std::string& x) {
    return render("t/{x}/{x}{x}.txt", Place::path, R"({"x":)" + json::quoted(x) + "}");
  };
  const std::string text = path(a);
  if (!a.empty()) {
    RC_ASSERT(text.substr(0, 2) == "t/");
    RC_ASSERT(std::count(text.begin(), text.end(), '/') == 2);
    RC_ASSERT(text.find("/.") == std::string::npos);
    RC_ASSERT(text.find('\0') == std::string::npos);
  }
  RC_ASSERT((text == path(b)) == (json::quoted(a) == json::quoted(b)));
}

}  // namespace
}  // namespace penstock::placeholders
