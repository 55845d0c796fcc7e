// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Covers load_job, read_steps.h, read_workers.h and check_names.h through the texts that users
// write.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "job/job.h"
#include "os/temp_folder.h"

namespace penstock::job {
namespace {

using namespace std::chrono_literals;

/// A folder with the inputs that the jobs below name.
class LoadJobTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(std::move(*os::TempFolder::create(::testing::TempDir())));
    std::ofstream(folder_->path() / "terms.txt") << "epoll\n";
    std::ofstream(folder_->path() / "rows.csv") << "id,title\n1,a\n";
  }

  Loaded load(const std::string& text, const Overrides& overrides = {}) {
    return load_job(folder_->path() / "j.toml", text, overrides,
                    {.variable = [](std::string_view name) -> std::optional<std::string> {
                       if (name == "KEY" || name == "OPENAI_API_KEY") return "s3cret";
                       return std::nullopt;
                     },
                     .processors = 3});
  }

  /// The problems as the user sees them, one a line.
  std::string complaints(const std::string& text, const Overrides& overrides = {}) {
    const Loaded loaded = load(text, overrides);
    std::string lines;
    bool errors = false;
    for (const catalog::Problem& problem : loaded.problems) {
      lines += to_string(problem, "j") + "\n";
      errors = errors || problem.severity == catalog::Severity::error;
    }
    EXPECT_EQ(loaded.job.has_value(), !errors) << lines;
    return lines;
  }

  Job job(const std::string& text, const Overrides& overrides = {}) {
    Loaded loaded = load(text, overrides);
    for (const catalog::Problem& problem : loaded.problems)
      ADD_FAILURE() << to_string(problem, "j");
    return loaded.job ? std::move(*loaded.job) : Job{};
  }

  std::optional<os::TempFolder> folder_;
};

constexpr const char* kInput = "[input]\nlines = { file = \"terms.txt\", as = \"term\" }\n";
constexpr const char* kStep = "[[step]]\nname = \"s\"\nnoop = true\n";

constexpr const char* kWholeJob = R"(
[input]
lines = { file = "terms.txt", as = "term" }
[workers]
processes = 4
concurrency = 500
at_once = 1000
hang = "2min"
recycle = { calls = 1000, memory = "1GiB" }
[run]
stop_after_failures = "5%"
keep_order = true
[limit.search]
rate = "10/s"
[limit.pages]
concurrency = "2 per host"
[[step]]
name = "search"
http = "https://api.example.com/search?q={term}&count=500"
headers = { Authorization = "Bearer {env.KEY}" }
limit = "search"
each = "/results"
[[step]]
name = "page"
http = "{url}"
accept = ["text/html"]
as = "text"
limit = ["pages", "search"]
unique = "{url}"
when = "rank < 10"
keep = "none"
paid = true
pages_max = 7
redirects = 2
retry = { attempts = 2 }
[output]
jsonl = "pages.jsonl"
csv = { file = "pages.csv", separator = ";" }
sqlite = "pages.db"
files = "texts/{term|slug}/{rank|pad:3}.txt"
columns = ["term", "page.title", "status"]
failures = "file"
)";

TEST_F(LoadJobTest, AWholeJob) {
  const Job found = job(kWholeJob);

  EXPECT_EQ(found.plan.name, "j");
  EXPECT_EQ(found.plan.workers, 4U);
  EXPECT_EQ(found.plan.concurrency, 500U);
  EXPECT_EQ(found.plan.at_once, 1000U);
  EXPECT_EQ(found.executor.hang_limit, 2min);
  EXPECT_EQ(found.executor.recycle_calls, 1000U);
  EXPECT_EQ(found.executor.recycle_rss_bytes, 1ULL << 30U);
  EXPECT_EQ(found.plan.failures.fraction_max, 0.05);
  EXPECT_EQ(found.order, RecordOrder::source);
  ASSERT_EQ(found.plan.steps.size(), 2U);
  const engine::PlannedStep& page = found.plan.steps[1];
  EXPECT_EQ(page.name, "page");
  EXPECT_EQ(page.step->kind(), "http");
  EXPECT_EQ(page.limits, (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(page.unique->text(), "{url}");
  EXPECT_EQ(page.when->text(), "rank < 10");
  EXPECT_EQ(page.keep, engine::Keep::none);
  EXPECT_TRUE(page.paid);
  EXPECT_EQ(page.pages_max, 7U);
  EXPECT_EQ(page.redirects_max, 2U);
  EXPECT_EQ(page.retry.attempts, 2);
  std::string outputs;
  for (const catalog::SinkSpec& sink : found.sinks) outputs += sink.kind + ":" + sink.shown + " ";
  EXPECT_EQ(
      outputs,
      "jsonl:pages.jsonl csv:pages.csv sqlite:pages.db files:texts/{term|slug}/{rank|pad:3}.txt "
      "jsonl:pages.failed.jsonl ");
  EXPECT_EQ(found.sinks[0].path, (folder_->path() / "pages.jsonl").string());
}

TEST_F(LoadJobTest, DefaultsAreTheMachines) {
  const Job found = job(std::string(kInput) + kStep);
  EXPECT_EQ(found.plan.workers, 3U);
  EXPECT_EQ(found.executor.workers, 3U);
  EXPECT_EQ(found.plan.at_once, 0U);
  EXPECT_EQ(found.order, RecordOrder::settled);
  EXPECT_TRUE(found.sinks.empty());
}

TEST_F(LoadJobTest, TheCommandLineStandsAbove) {
  const Job found =
      job(std::string(kInput) + "[workers]\nprocesses = 9\n" + kStep, {.workers = 1,
                                                                       .concurrency = 2,
                                                                       .at_once = 1,
                                                                       .rate = "100/s",
                                                                       .failures = "7",
                                                                       .items_max = 5,
                                                                       .keep_order = true});
  EXPECT_EQ(found.plan.workers, 1U);
  EXPECT_EQ(found.executor.concurrency, 2U);
  EXPECT_EQ(found.plan.at_once, 1U);
  EXPECT_EQ(found.plan.items_max, 5U);
  EXPECT_EQ(found.plan.failures.count_max, 7U);
  EXPECT_EQ(found.order, RecordOrder::source);
  ASSERT_EQ(found.plan.limits.size(), 1U);
  EXPECT_EQ(found.plan.limits[0].all.rates, (std::vector<Rate>{{100, 1s}}));
  EXPECT_EQ(found.plan.steps[0].limits, (std::vector<std::size_t>{0}));
  EXPECT_EQ(complaints(std::string(kInput) + kStep, {.rate = "fast"}).substr(0, 10), "j: --rate:");
  EXPECT_EQ(
      complaints(std::string(kInput) + kStep, {.failures = "1.5"}),
      "j: --stop-after-failures: expected a number of failures, such as 100, or a share, such "
      "as \"5%\", found \"1.5\"\n");
}

TEST_F(LoadJobTest, WhatIsMissing) {
  EXPECT_EQ(complaints(""),
            "j:1:1: input: a job needs [input]: where its items come from\n"
            "j:1:1: step: a job has at least one [[step]], with double brackets\n");
  EXPECT_EQ(complaints(std::string(kInput) + "[step]\nname = \"s\"\n"),
            "j:3:1: step: a job has at least one [[step]], with double brackets\n");
  EXPECT_EQ(complaints(std::string(kInput) + "[[step]]\nname = \"s\"\n"),
            "j:3:1: step \"s\": says nothing to do: give it http = \"https://...\", exec = "
            "[\"program\", \"{field}\"] or noop = true\n");
  EXPECT_EQ(
      complaints(std::string(kInput) + "[[step]]\nnoop = true\n"),
      "j:3:1: step 1.name: every step needs a name: its output stands in the item under it\n");
  EXPECT_EQ(complaints(std::string("[input]\nlines = \"none.txt\"\n") + kStep).substr(0, 26),
            "j:2:9: input.lines.file: o");
}

TEST_F(LoadJobTest, UnknownKeysNameTheNearest) {
  EXPECT_EQ(complaints(std::string(kInput) + "[worker]\n" + kStep),
            "j:3:2: worker: unknown key; did you mean \"workers\"?\n");
  EXPECT_EQ(complaints(std::string(kInput) + kStep + "limt = \"x\"\n"),
            "j:6:1: step \"s\".limt: unknown key; did you mean \"limit\"?\n");
  EXPECT_EQ(complaints("[input]\nlinse = \"terms.txt\"\n" + std::string(kStep)),
            "j:1:1: input: says where items come from: lines, csv, jsonl, glob, range, sqlite or "
            "stdin\n"
            "j:2:1: input.linse: unknown key; did you mean \"lines\"?\n");
  EXPECT_EQ(complaints(std::string(kInput) + kStep + "[output]\njsnl = \"x\"\n"),
            "j:7:1: output.jsnl: unknown key; did you mean \"jsonl\"?\n");
}

TEST_F(LoadJobTest, NamesThatCannotExist) {
  const std::string steps = "[[step]]\nname = \"search\"\nhttp = \"https://x.example/?q={trem}\"\n";
  EXPECT_EQ(complaints(kInput + steps),
            "j:5:8: step \"search\".http: no item has a field \"trem\" here; did you mean "
            "\"term\"?\n");
  EXPECT_EQ(complaints(std::string(kInput) + kStep + "when = \"/parent/x > 1 && zzz == 1\"\n"),
            "j:6:8: step \"s\".when: no item has a field \"zzz\" here\n");
  EXPECT_EQ(complaints("[input]\ncsv = \"rows.csv\"\n" + std::string(kStep) +
                       "unique = \"{titel}\"\n[output]\ncsv = \"o.csv\"\ncolumns = [\"id\", \"s\", "
                       "\"kye\", \"key\"]\n"),
            "j:6:10: step \"s\".unique: no item has a field \"titel\" here; did you mean "
            "\"title\"?\n"
            "j:9:23: output.columns: no item has a field \"kye\" here; did you mean \"key\"?\n");
}

TEST_F(LoadJobTest, CallsWaitInWorkersOnlyIfTheyHoldNothing) {
  const std::string plain = std::string(kInput) + kStep;
  EXPECT_EQ(job(plain).executor.prefetch, Prefetch::short_calls);
  EXPECT_EQ(job(plain + "paid = true\n").executor.prefetch, Prefetch::none);
  EXPECT_EQ(job(plain + "limit = \"l\"\n[limit.l]\nrate = \"1/s\"\n").executor.prefetch,
            Prefetch::none);
}

TEST_F(LoadJobTest, OutputsKnowNeitherSecretsNorWorkers) {
  EXPECT_EQ(complaints(std::string(kInput) + kStep +
                       "[output]\njsonl = \"o.jsonl\"\ncolumns = [\"env.HOME\"]\n"),
            "j:8:12: output.columns: {env.HOME} is known to steps alone, not to outputs\n");
}

TEST_F(LoadJobTest, BehindAFanOutEveryNameMayExist) {
  EXPECT_EQ(complaints(std::string(kInput) +
                       "[[step]]\nname = \"a\"\nhttp = \"https://x.example/{term}\"\neach = "
                       "\"/r\"\n[[step]]\nname = \"b\"\nhttp = \"https://y.example/{anything}\"\n"),
            "");
}

TEST_F(LoadJobTest, AFanOutNeedsAStepBehindIt) {
  const std::string search = std::string(kInput) +
                             "[[step]]\nname = \"a\"\nhttp = \"https://x.example/{term}\"\n"
                             "each = \"/r\"\n";
  EXPECT_EQ(complaints(search),
            "j:6:8: step \"a\".each: makes items for the next step, and there is none; to have "
            "them as results add: [[step]] name = \"row\" noop = true\n");
  EXPECT_EQ(complaints(search + "unique = \"{term}\"\n" + kStep),
            "j:7:10: step \"a\".unique: a step with `each` cannot be unique; the step behind it "
            "can\n");
}

TEST_F(LoadJobTest, NamesOfStepsAreUsable) {
  const std::string second = "[[step]]\nname = \"s\"\nnoop = true\n";
  EXPECT_EQ(complaints(kInput + (kStep + second)),
            "j:7:8: step \"s\".name: a second step is named \"s\"\n");
  EXPECT_EQ(complaints(std::string(kInput) + "[[step]]\nname = \"parent\"\nnoop = true\n"),
            "j:4:8: step \"parent\".name: \"parent\" already means something in placeholders\n");
  EXPECT_EQ(complaints(std::string(kInput) + "[[step]]\nname = \"a b\"\nnoop = true\n"),
            "j:4:8: step 1.name: a name is letters, digits, _ and -, at most 64, and begins with a "
            "letter\n");
}

TEST_F(LoadJobTest, LimitsMustExistAndShouldBeUsed) {
  EXPECT_EQ(complaints(std::string(kInput) + "[limit.search]\nrate = \"1/s\"\n" + kStep +
                       "limit = \"serach\"\n"),
            "j:3:1: warning: limit.search: no step names this limit, so it limits nothing\n"
            "j:8:9: step \"s\".limit: there is no [limit.serach]; did you mean \"search\"?\n");
}

TEST_F(LoadJobTest, SecretsMustBeSetAndAreNotShown) {
  const std::string step =
      "[[step]]\nname = \"a\"\nhttp = \"https://x.example/\"\nheaders = { A = \"{env.NOPE}\", B = "
      "\"{env.KEY}\" }\n";
  EXPECT_EQ(complaints(kInput + step),
            "j:6:17: step \"a\".headers.A: the environment variable NOPE is not set\n");
  const Job found = job(
      std::string(kInput) +
      "[[step]]\nname = \"a\"\nhttp = \"https://x.example/\"\nheaders = { B = \"{env.KEY}\" }\n");
  const auto preview = found.plan.steps[0].step->preview("{\"term\":\"x\"}");
  ASSERT_TRUE(preview);
  EXPECT_EQ(preview->find("s3cret"), std::string::npos) << *preview;
  EXPECT_EQ(found.text.find("s3cret"), std::string::npos);
}

TEST_F(LoadJobTest, HttpKeysAreChecked) {
  const auto step = [this](const std::string& keys) {
    return complaints(std::string(kInput) +
                      "[[step]]\nname = \"a\"\nhttp = \"https://x.example/\"\n" + keys);
  };
  EXPECT_EQ(step("method = \"FETCH\"\n"),
            "j:6:10: step \"a\".method: expected one of \"GET\", \"HEAD\", \"POST\", \"PUT\", "
            "\"PATCH\", \"DELETE\", found \"FETCH\"; did you mean \"PATCH\"?\n");
  EXPECT_EQ(step("each = \"results\"\n").substr(0, 23), "j:6:8: step \"a\".each: J");
  EXPECT_EQ(step("next = \"/r\"\nas = \"text\"\n"),
            "j:7:6: step \"a\".as: each and next point into JSON; leave out `as`\n");
  EXPECT_EQ(step("method = \"GET\"\nbody = \"x\"\n"),
            "j:6:10: step \"a\".method: GET sends no body\n");
  EXPECT_EQ(step("json = { a = 1 }\nform = { b = \"2\" }\n"),
            "j:3:1: step \"a\": one body is enough: json, form or body\n");
  EXPECT_EQ(step("headers = { \"a b\" = \"c\" }\n"),
            "j:6:11: step \"a\".headers: \"a b\" is no header name\n");
  EXPECT_EQ(step("timeout = { conect = \"1s\" }\n"),
            "j:6:13: step \"a\".timeout.conect: unknown key; did you mean \"connect\"?\n");
  EXPECT_EQ(step("timeout = 30\n"),
            "j:6:11: step \"a\".timeout: expected a duration such as \"30s\", \"250ms\" or \"2m\", "
            "found 30\n");
  EXPECT_EQ(step("json = { q = \"{term\" }\n").substr(0, 20), "j:6:14: step \"a\".jso");
  EXPECT_EQ(
      step("tls_verify = false\n"),
      "j:6:14: warning: step \"a\".tls_verify: anybody on the way can read and change what is "
      "sent\n");
}

TEST_F(LoadJobTest, KeysMayStandInTheHttpTable) {
  const Job found = job(std::string(kInput) +
                        "[[step]]\nname = \"a\"\nhttp = { url = \"https://x.example/\", json = { q "
                        "= \"{term}\" } }\n");
  const auto preview = found.plan.steps[0].step->preview("{\"term\":\"x\"}");
  ASSERT_TRUE(preview);
  EXPECT_TRUE(preview->starts_with("POST https://x.example/")) << *preview;
  EXPECT_NE(preview->find("{\"q\":\"x\"}"), std::string::npos) << *preview;
}

TEST_F(LoadJobTest, InputsOfEveryKind) {
  const auto input = [this](const std::string& keys) {
    const Job found = job("[input]\n" + keys + kStep);
    std::string fields = found.source.kind + ":";
    for (const std::string& field : found.source.fields.value_or(std::vector<std::string>{"?"}))
      fields += " " + field;
    return fields;
  };
  EXPECT_EQ(input("lines = \"terms.txt\"\n"), "lines: line");
  EXPECT_EQ(input("lines = \"terms.txt\"\nas = \"term\"\n"), "lines: term");
  EXPECT_EQ(input("lines = [\"terms.txt\", \"terms.txt\"]\n"), "lines: line");
  EXPECT_EQ(input("csv = { file = \"rows.csv\", key = \"id\" }\n"), "csv: id title");
  EXPECT_EQ(input("jsonl = \"terms.txt\"\n"), "jsonl: ?");
  EXPECT_EQ(input("glob = \"*.txt\"\n"), "glob: path name bytes");
  EXPECT_EQ(input("range = \"1..10\"\nas = \"i\"\n"), "range: i");
  EXPECT_EQ(input("stdin = \"lines\"\n"), "lines: line");
  EXPECT_EQ(complaints(std::string("[input]\nlines = \"terms.txt\"\nrange = \"1..2\"\n") + kStep),
            "j:3:9: input.range: one input is enough: there is lines already\n");
  EXPECT_EQ(complaints(std::string("[input]\nlines = \"-\"\n") + kStep),
            "j:2:9: input.lines.file: for standard input write stdin = \"lines\"\n");
}

TEST_F(LoadJobTest, TheManualsExamplesAreRight) {
  std::ifstream page("docs/manual/job-file.md");
  std::string block;
  bool inside = false;
  int blocks = 0;
  for (std::string line; std::getline(page, line);) {
    if (line == "```" && inside) {
      EXPECT_EQ(complaints(block), "") << block;
      ++blocks;
    }
    inside = line == "```toml" || (inside && line != "```");
    block = line == "```toml" ? "" : block + line + "\n";
  }
  EXPECT_GE(blocks, 10);
}

TEST_F(LoadJobTest, TheExamplesAreRight) {
  for (const char* input : {"search_terms.txt", "titles.txt", "urls.txt"})
    std::ofstream(folder_->path() / input) << "x\n";
  std::ofstream(folder_->path() / "trials.csv") << "nct,title\n1,a\n";
  for (const char* name : {"pages", "books", "trials", "files"}) {
    std::stringstream text;
    text << std::ifstream("examples/" + std::string(name) + ".toml").rdbuf();
    std::string complaint = complaints(text.str());
    EXPECT_EQ(complaint, "") << name;
  }
}

TEST_F(LoadJobTest, OutputsMustDiffer) {
  EXPECT_EQ(complaints(std::string(kInput) + kStep + "[output]\njsonl = \"a\"\ncsv = \"./a\"\n"),
            "j:8:7: output.csv: two outputs would write ./a\n");
}

}  // namespace
}  // namespace penstock::job
