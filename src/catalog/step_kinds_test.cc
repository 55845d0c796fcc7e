// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Covers http_kind.h too.
#include "catalog/step_kinds.h"

#include <gtest/gtest.h>

#include "catalog/http_kind.h"
#include "catalog/setting_of_json.h"

namespace penstock::catalog {
namespace {

/// The request for {"t":"a b"}, or what is wrong.
std::string preview(std::string_view step, StepSite site = {}) {
  Problems problems;
  const Setting tree = setting_of(step);
  SettingReader reader(tree, "step", problems);
  site.folder = "/jobs";
  const auto spec = read_step(reader, site);
  reader.done();
  if (!spec || problems.has_errors()) return complaints_of(problems);
  const auto text = spec->step->preview(R"({"t":"a b","u":"http://10.0.0.1/"})");
  return spec->kind + " " + (text ? *text : text.error().message);
}

TEST(StepKinds, Http) {
  EXPECT_EQ(preview(R"({"http":"https://x.example/?q={t}"})").substr(0, 38),
            "http GET https://x.example/?q=a%20b\nUs");
  const std::string posted =
      preview(R"({"http":"https://x.example/","json":{"q":"{t}","n":[1,true]}})");
  EXPECT_TRUE(posted.starts_with("http POST https://x.example/")) << posted;
  EXPECT_NE(posted.find(R"({"q":"a b","n":[1,true]})"), posted.npos) << posted;
  EXPECT_NE(preview(R"({"http":{"url":"https://x.example/","form":{"q":"{t}"}}})").find("q=a+b"),
            std::string::npos);
  EXPECT_NE(preview(R"({"http":"https://x.example/","body":"<{t}>","body_type":"text/xml"})")
                .find("<a b>"),
            std::string::npos);
  EXPECT_NE(preview(R"({"http":"https://x.example/","query":{"q":"{t}"}})").find("?q=a%20b"),
            std::string::npos);
}

TEST(StepKinds, CredentialsForHostsOutOfAnswers) {
  const auto complaints = [](std::string_view step, std::size_t index) {
    Problems problems;
    const Setting tree = setting_of(step);
    SettingReader reader(tree, "step", problems);
    StepSite site;
    site.index = index;
    (void)read_step(reader, site);
    reader.done();
    return complaints_of(problems);
  };
  const char* silent = R"({"http":"{u}","headers":{"Cookie":"a=b"}})";
  EXPECT_EQ(complaints(silent, 0), "");
  EXPECT_NE(complaints(silent, 1).find("get no credentials"), std::string::npos);
  EXPECT_EQ(complaints(R"({"http":"{u}","headers":{"X-Plain":"a"}})", 1), "");
  EXPECT_EQ(
      complaints(R"({"http":"{u}","headers":{"Cookie":"a=b"},"credentials_to":["x.org","h:81"]})",
                 1),
      "");
  EXPECT_NE(complaints(R"({"http":"{u}","credentials_to":["x.org/y"]})", 1).find("is no host"),
            std::string::npos);
}

TEST(StepKinds, TheFingerprintIsOfWhatIsAsked) {
  const auto print = [](std::string_view step) {
    Problems problems;
    const Setting tree = setting_of(step);
    SettingReader reader(tree, "step", problems);
    const auto spec = read_step(reader, {});
    EXPECT_TRUE(spec) << complaints_of(problems);
    return spec ? spec->step->fingerprint() : Fingerprint{};
  };
  const auto plain = print(R"({"http":"https://x.example/{t}"})");
  EXPECT_EQ(plain, print(R"({"http":{"url":"https://x.example/{t}","timeout":"9s"}})"));
  EXPECT_NE(plain, print(R"({"http":"https://x.example/{u}"})"));
  EXPECT_NE(plain, print(R"({"http":"https://x.example/{t}","as":"text"})"));
  EXPECT_NE(plain, print(R"({"http":"https://x.example/{t}","each":"/r"})"));
}

TEST(StepKinds, Noop) {
  EXPECT_TRUE(preview(R"({"noop":true})").starts_with("noop "));
  EXPECT_TRUE(preview(R"({"noop":{"batch":5,"sleep":"10ms","fail":0.5,"crash":0,"seed":7}})")
                  .starts_with("noop "));
  EXPECT_EQ(preview(R"({"noop":{"fail":2}})"),
            "step.noop.fail: expected a number from 0 to 1, found 2\n");
  EXPECT_EQ(preview(R"({"noop":false})"), "step.noop: expected a table, found false\n");
}

TEST(StepKinds, OneThingAndNotTwo) {
  EXPECT_EQ(preview(R"({"noop":true,"http":"https://x.example/"})").substr(0, 50),
            "step.noop: a step does one thing, and this one doe");
  EXPECT_EQ(preview("{}"),
            "step: says nothing to do: give it http = \"https://...\", "
            "exec = [\"program\", \"{field}\"] or noop = true\n");
}

TEST(StepKinds, AddressesOutOfResponses) {
  EXPECT_EQ(preview(R"({"http":"{u}","allow":["10.0.0.0/33"]})", {.index = 1}).substr(0, 11),
            "step.allow:");
  EXPECT_TRUE(preview(R"({"http":"{u}","allow":["10.0.0.0/8"]})", {.index = 1})
                  .starts_with("http GET http://10.0.0.1/"));
}

}  // namespace
}  // namespace penstock::catalog
