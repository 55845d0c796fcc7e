// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/exec_kind.h"

#include <gtest/gtest.h>

#include "catalog/setting_of_json.h"

namespace penstock::catalog {
namespace {

/// The command for {"t":"a b"}, or what is wrong.
std::string preview(std::string_view step) {
  Problems problems;
  const Setting tree = setting_of(step);
  SettingReader reader(tree, "step", problems);
  StepSite site;
  site.folder = "/jobs";
  const auto spec = read_step(reader, site);
  reader.done();
  if (!spec || problems.has_errors()) return complaints_of(problems);
  const auto text = spec->step->preview(R"({"t":"a b"})");
  return spec->kind + (spec->fans_out ? " each " : " ") + (text ? *text : text.error().message);
}

TEST(ExecKind, AListOfArguments) {
  EXPECT_EQ(preview(R"({"exec":["tool"]})"), R"(exec ["tool"])");
  EXPECT_EQ(preview(R"({"exec":["tool","-x","--t={t}","{{t}}"]})"),
            R"(exec ["tool","-x","--t=a b","{t}"])");
  EXPECT_EQ(preview(R"({"exec":["./{{own}}"],"cwd":"sub","env":{"T":"{t}","N":1},"stdin":"{t}"})"),
            "exec [\"./{own}\"]\nin \"/jobs/sub\"\nwith T=\"a b\"\nwith N=\"1\"\n"
            "reads 3 bytes: \"a b\"");
}

TEST(ExecKind, AllItsKeys) {
  EXPECT_EQ(preview(R"({"exec":["t"],"as":"json","each":"/a","timeout":"5s","output_max":"1MiB",
                        "exit_codes":[0,1],"repeatable":true})"),
            R"(exec each ["t"])");
  EXPECT_EQ(preview(R"({"exec":["t"],"each":"","timeout":{"total":"5s","grace":"1s"}})"),
            R"(exec each ["t"])");
  EXPECT_EQ(preview(R"({"exec":["t"],"as":"lines","each":"/lines"})"), R"(exec each ["t"])");
  EXPECT_EQ(preview(R"({"exec":["t"],"as":"text"})"), R"(exec ["t"])");
}

TEST(ExecKind, NoLineForAShell) {
  const std::string expected =
      R"(step.exec: expected a list, ["program", "argument", "{field}"]: there is no shell; for )"
      R"(one write ["sh", "-c", "... \"$1\" ...", "sh", "{field}"])"
      "\n";
  EXPECT_EQ(preview(R"({"exec":"tool {t}"})"), expected);
  EXPECT_EQ(preview(R"({"exec":[]})"), expected);
  EXPECT_EQ(preview(R"({"exec":["tool",1]})"), expected);
  EXPECT_EQ(preview(R"({"exec":[""]})"), "step.exec: the program has no name\n");
}

TEST(ExecKind, ItemsAreData) {
  EXPECT_EQ(preview(R"({"exec":["{t}"]})"),
            "step.exec: no item chooses what runs: write the program out, or begin with \"env\"\n");
  const std::string script =
      "step.exec: an item would become a part of the script; let that say \"$1\", sys.argv[1] or "
      "the like, and give the field as an argument behind it\n";
  EXPECT_EQ(preview(R"({"exec":["sh","-c","echo {t}"]})"), script);
  EXPECT_EQ(preview(R"({"exec":["/bin/bash","-euc","echo {t}"]})"), script);
  EXPECT_EQ(preview(R"({"exec":["perl","-ne","{t}"]})"), script);
  EXPECT_EQ(preview(R"({"exec":["sh","-c","echo \"$1\"","sh","{t}"]})"),
            R"(exec ["sh","-c","echo \"$1\"","sh","a b"])");
  EXPECT_EQ(preview(R"({"exec":["grep","-c","{t}"]})"), R"(exec ["grep","-c","a b"])");
  EXPECT_EQ(preview(R"({"exec":["tool","{secret.KEY}"]})"),
            "step.exec: everybody on this machine can read arguments; give a secret by env or "
            "stdin\n");
  EXPECT_EQ(preview(R"({"exec":["tool"],"env":{"KEY":"{secret.KEY}"}})"),
            "exec [\"tool\"]\nwith KEY=\"***\"");
}

TEST(ExecKind, WhatIsWrong) {
  EXPECT_EQ(preview(R"({"exec":["t"],"env":{"A-B":"x"}})"),
            "step.env: \"A-B\" is no name of a variable\n");
  EXPECT_EQ(preview(R"({"exec":["t"],"exit_codes":[0,256]})"),
            "step.exit_codes: expected a list of codes that mean success, [0, 1]\n");
  EXPECT_EQ(preview(R"({"exec":["t"],"as":"text","each":"/a"})"),
            "step.as: each points into JSON or lines: as = \"json\" or as = \"lines\"\n");
  EXPECT_EQ(preview(R"({"exec":["t"],"as":"lines","each":"/a"})"),
            "step.each: with as = \"lines\" the only list is each = \"/lines\"\n");
  EXPECT_EQ(preview(R"({"exec":["t"],"each":"a"})").substr(0, 10), "step.each:");
  EXPECT_EQ(preview(R"({"exec":["t"],"timeout":5})").substr(0, 13), "step.timeout:");
  EXPECT_EQ(preview(R"({"exec":["t"],"timeout":{"grase":"5s"}})"),
            "step.timeout.grase: unknown key; did you mean \"grace\"?\n");
  EXPECT_EQ(preview(R"({"exec":["t"],"body_max":5})").substr(0, 14), "step.body_max:");
  EXPECT_EQ(preview(R"({"exec":["t","{t"]})").substr(0, 10), "step.exec:");
}

}  // namespace
}  // namespace penstock::catalog
