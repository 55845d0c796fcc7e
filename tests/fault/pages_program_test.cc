// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The lab server serves a dozen pages; it dies with the test.
#include "pages_program_test.h"

#include <fcntl.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace penstock::fault {
namespace {

constexpr int kPages = 24;
constexpr int kTerms = 8;

std::vector<std::string> terms() {
  std::vector<std::string> terms = {"nothing-has-this\n"};
  for (int i = 0; i < kTerms; ++i) {
    terms.push_back("own" + std::to_string(i) + " gate" + std::to_string(i % 3) + "\n");
  }
  return terms;
}

std::vector<std::string> rows_of(const std::filesystem::path& file) {
  std::vector<std::string> rows;
  sqlite3* database = nullptr;
  sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  const auto add = [](void* all, int count, char** texts, char**) {
    std::string row;
    for (int i = 0; i < count; ++i) row += std::string(texts[i] != nullptr ? texts[i] : "-") + "|";
    static_cast<std::vector<std::string>*>(all)->push_back(row);
    return 0;
  };
  sqlite3_exec(database, "SELECT * FROM results ORDER BY key", add, &rows, nullptr);
  sqlite3_close(database);
  return rows;
}

void wait_for(const std::filesystem::path& file) {
  for (int i = 0; i < 400 && content_of(file).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
}

}  // namespace

PagesProgramTest::PagesProgramTest() { start_lab(); }

PagesProgramTest::~PagesProgramTest() {
  ::kill(lab_, SIGTERM);
  ::waitpid(lab_, nullptr, 0);
}

void PagesProgramTest::start_lab() {
  const std::filesystem::path web = temp_.path() / "web";
  std::filesystem::create_directory(web);
  for (int i = 0; i < kPages; ++i) {
    std::ofstream(web / ("page" + std::to_string(i) + ".html"))
        << "<html><body><p>own" << i / 3 << " gate" << i % 3 << ' '
        << std::string(static_cast<std::size_t>(i % 4 == 1 ? 20'000 : 40), 'x')
        << "</p></body></html>\n";
  }
  const std::filesystem::path port = temp_.path() / "port";
  std::string program = PENSTOCK_LAB;
  std::vector<std::string> arguments = {program, "--port-file", port,          "--folder",
                                        web,     "--listen",    "127.0.0.1:0", "--parent-death"};
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  EXPECT_EQ(posix_spawn(&lab_, program.c_str(), &quiet, nullptr, pointers.data(), environ), 0);
  posix_spawn_file_actions_destroy(&quiet);
  wait_for(port);
  port_ = content_of(port);
  while (!port_.empty() && port_.back() == '\n') port_.pop_back();
}

std::filesystem::path PagesProgramTest::fresh_folder() {
  const std::filesystem::path folder = temp_.path() / "job";
  std::filesystem::remove_all(folder);
  make_output_folders(folder);
  write_job(folder, Pace::full);
  return folder;
}

void PagesProgramTest::make_output_folders(const std::filesystem::path& folder) {
  for (const char* kind : {"jsonl", "csv", "sqlite", "files"}) {
    std::filesystem::create_directories(folder / "out" / kind);
  }
}

void PagesProgramTest::write_job(const std::filesystem::path& folder, Pace pace) const {
  std::ofstream(folder / "pages.toml") << job_text(pace);
  std::ofstream terms_file(folder / "terms.txt");
  for (const std::string& term : terms()) terms_file << term;
}

std::string PagesProgramTest::job_text(Pace pace) const {
  const bool is_slow = pace == Pace::slow;
  std::stringstream job;
  job << "[input]\n"
      << (input_ == Input::pipe ? "stdin = { format = \"lines\", as = \"term\" }\n"
                                : "lines = { file = \"terms.txt\", as = \"term\" }\n")
      << "[workers]\nprocesses = 2\nconcurrency = 3\n"
      << (is_slow ? "[limit.slow]\nrate = \"16/s\"\n" : "")
      << "[[step]]\nname = \"search\"\nhttp = \"http://127.0.0.1:" << port_
      << "/search?q={term}&count=4\"\neach = \"/results\"\n"
      << (is_slow ? "limit = \"slow\"\n" : "")
      << "[[step]]\nname = \"page\"\nhttp = \"{url}\"\nas = \"text\"\nkeep = \"none\"\n"
      << (answers_ == Answers::shared ? "unique = \"{url}\"\n" : "")
      << (is_slow ? "limit = \"slow\"\n" : "")
      << "[output]\ncolumns = [\"key\", \"status\", \"term\", \"rank\", \"url\", \"page\"]\n"
      << "jsonl = \"out/jsonl/pages.jsonl\"\n";
  if (input_ == Input::pipe) return job.str();
  job << "csv = \"out/csv/pages.csv\"\nsqlite = \"out/sqlite/pages.db\"\ncontent = \"page\"\n"
      << "files = \"out/files/texts/{term|slug}/{rank}.txt\"\n";
  return job.str();
}

Ended PagesProgramTest::run(const std::filesystem::path& folder, std::vector<std::string> settings,
                            std::vector<std::string> more) const {
  std::vector<std::string> arguments = {PENSTOCK_PROGRAM, "run", "pages.toml"};
  if (workers_ == Workers::none) arguments.emplace_back("--inline");
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_to_end({std::move(arguments), folder, std::move(settings),
                     input_ == Input::pipe ? terms() : std::vector<std::string>()});
}

Outputs PagesProgramTest::outputs_in(const std::filesystem::path& folder) const {
  Outputs outputs;
  const std::filesystem::path out = folder / "out";
  outputs["pages.jsonl"] = sorted_lines(content_of(out / "jsonl/pages.jsonl"));
  if (input_ == Input::pipe) return outputs;
  outputs["pages.csv"] = sorted_lines(content_of(out / "csv/pages.csv"));
  outputs["pages.db"] = rows_of(out / "sqlite/pages.db");
  if (!std::filesystem::exists(out / "files/texts")) return outputs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out / "files/texts")) {
    const std::string name = entry.path().lexically_relative(out);
    if (!entry.is_regular_file() || name.find(".penstock") != name.npos) continue;
    outputs[name] = {content_of(entry.path())};
  }
  return outputs;
}

std::string PagesProgramTest::resumed(const std::filesystem::path& folder) const {
  const Ended ended = run(folder);
  if (ended.code() != 0) {
    return "exit code " + std::to_string(ended.code()) + ": " + ended.said;
  }
  return difference(whole_, outputs_in(folder));
}

void PagesProgramTest::run_undisturbed() {
  const std::filesystem::path folder = fresh_folder();
  const std::filesystem::path count = temp_.path() / "count";
  const Ended ended = run(folder, {"PENSTOCK_SHIM_COUNT=" + count.string()});
  ASSERT_EQ(ended.code(), 0) << ended.said;
  changes_ = std::strtoull(content_of(count).c_str(), nullptr, 10);
  ASSERT_GT(changes_, 60U);
  whole_ = outputs_in(folder);
  ASSERT_EQ(whole_.at("pages.jsonl").size(), 33U);
}

std::string difference(const Outputs& wanted, const Outputs& found) {
  std::string text;
  for (const auto& [name, content] : wanted) {
    const auto it = found.find(name);
    if (it == found.end()) {
      text += name + " is missing; ";
    } else if (it->second != content) {
      text += name + " differs, " + std::to_string(it->second.size()) + " rows for " +
              std::to_string(content.size()) + "; ";
    }
  }
  for (const auto& [name, content] : found) {
    if (!wanted.contains(name)) text += name + " is too much; ";
  }
  return text;
}

}  // namespace penstock::fault
