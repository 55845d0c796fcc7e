// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "steps/exec_command.h"

#include <gtest/gtest.h>

#include "core/json_text.h"

namespace penstock::steps {
namespace {

using placeholders::Place;
using placeholders::Template;

Template text(std::string_view source, Place place = Place::argv) {
  auto parsed = Template::parse(source, place);
  EXPECT_TRUE(parsed) << source;
  return std::move(*parsed);
}

ExecAsk ask_for(std::string program, std::initializer_list<std::string_view> arguments) {
  ExecAsk ask;
  ask.program = std::move(program);
  ask.job_folder = "/jobs";
  for (const std::string_view argument : arguments) ask.arguments.push_back(text(argument));
  return ask;
}

Result<os::ProgramCommand> command(const ExecAsk& ask, std::string_view item) {
  const auto document = json::Document::parse(item);
  EXPECT_TRUE(document) << item;
  return command_for(ask, document->root(), placeholders::preview_resolver);
}

TEST(ExecCommand, OneArgumentForEachTemplate) {
  const ExecAsk ask = ask_for("tool", {"{a}", "--x={a}-{b}", "{{a}}", ""});
  for (const std::string value :
       {"", " ", "a b", "'\"\\", "$(x) `y` ; | & > *", "-rf", "{b}", "a\nb"}) {
    const auto made = command(ask, "{\"a\":" + json::quoted(value) + R"(,"b":"1"})");
    ASSERT_TRUE(made) << value;
    ASSERT_EQ(made->arguments.size(), 5U) << value;
    EXPECT_EQ(made->arguments[1], value);
    EXPECT_EQ(made->arguments[2], "--x=" + value + "-1");
    EXPECT_EQ(made->arguments[3], "{a}");
    EXPECT_EQ(made->arguments[4], "");
  }
  EXPECT_EQ(command(ask, R"({"a":"x\u0000y","b":""})").error().kind, "item.argv");
  EXPECT_EQ(command(ask, R"({"a":"x"})").error().kind, "item.field");
}

TEST(ExecCommand, FolderVariablesAndInput) {
  ExecAsk ask = ask_for("tool", {});
  EXPECT_EQ(command(ask, "{}")->folder, "/jobs");
  EXPECT_FALSE(command(ask, "{}")->input);
  ask.folder = text("work/{a}");
  ask.variables.emplace_back("NAME", text("<{a}>"));
  ask.input = text("{a}{a}", Place::plain);
  const auto made = command(ask, R"({"a":"x y"})");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->folder, "/jobs/work/x y");
  ASSERT_EQ(made->variables.size(), 1U);
  EXPECT_EQ(made->variables[0].second, "<x y>");
  EXPECT_EQ(made->input, "x yx y");
  EXPECT_EQ(command(ask, R"({"a":"/abs"})")->folder, "/jobs/work/abs");
  ask.folder = text("{a}");
  EXPECT_EQ(command(ask, R"({"a":"/abs"})")->folder, "/abs");
}

TEST(ExecCommand, ThePreviewIsUnambiguousAndHidesSecrets) {
  ExecAsk ask = ask_for("tool", {"{a}", "two words"});
  const auto preview = [&ask](std::string_view item) {
    return *preview_of(ask, json::Document::parse(item)->root());
  };
  EXPECT_EQ(preview(R"({"a":"x\n\"y"})"), R"(["tool","x\n\"y","two words"])");
  ask.folder = text("sub");
  ask.variables.emplace_back("KEY", text("{secret.KEY}"));
  ask.input = text("{a}", Place::plain);
  EXPECT_EQ(preview(R"({"a":"q"})"),
            "[\"tool\",\"q\",\"two words\"]\nin \"/jobs/sub\"\nwith KEY=\"***\"\n"
            "reads 1 bytes: \"q\"");
  EXPECT_TRUE(preview(R"({"a":")" + std::string(9999, 'x') + "\"}").ends_with("\" ..."));
  EXPECT_EQ(outline_of(ask), R"(["tool","{a}","two words"])");
  const std::vector<std::string> names{"secret.KEY"};
  EXPECT_EQ(reserved_names_of(ask), names);
}

}  // namespace
}  // namespace penstock::steps
