// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lines are small and appended whole, so that they never mix.
#include "cli/diary.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

#include "core/json_text.h"
#include "os/file.h"
#include "os/folder.h"

namespace penstock::cli {
namespace {

std::string now_words() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(WallTime::clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(WallTime::clock::to_time_t(now)));
}

Status append(const std::filesystem::path& path, std::string_view line) {
  PENSTOCK_TRY(folder, os::Folder::open_or_create(path.parent_path()));
  PENSTOCK_TRY(file, folder.open_file(path.filename().string(), os::FileMode::update_or_create));
  PENSTOCK_TRY(state, file.state());
  return file.write_at(state.size_bytes, line);
}

}  // namespace

std::filesystem::path diary_file(const RunPlace& place) {
  return place.logs_folder() / "run.jsonl";
}

std::filesystem::path workers_log(const RunPlace& place) {
  return place.logs_folder() / "workers.log";
}

Diary::Diary(const RunPlace& place) : path_(diary_file(place)) {}

void Diary::add(std::string_view event, const std::string& members) {
  // Not to be able to tell is no reason to stop: the ledger has all that counts.
  static_cast<void>(append(
      path_, fmt::format("{{\"at\":\"{}\",\"event\":\"{}\"{}}}\n", now_words(), event, members)));
}

void Diary::began(const engine::Plan& plan) {
  add("began", fmt::format(",\"version\":\"{}\",\"workers\":{},\"concurrency\":{}",
                           PENSTOCK_VERSION, plan.workers, plan.concurrency));
}

void Diary::ended(std::string_view outcome, const Snapshot& snapshot) {
  add("ended",
      fmt::format(",\"outcome\":{},\"done\":{},\"failed\":{},\"skipped\":{},\"elapsed_s\":{:.3f}",
                  json::quoted(outcome), snapshot.items.done, snapshot.items.failed,
                  snapshot.items.skipped, std::chrono::duration<double>(snapshot.elapsed).count()));
}

void Diary::broke(const Error& error) {
  add("broke", fmt::format(",\"kind\":{},\"error\":{}", json::quoted(error.kind),
                           json::quoted(error.message)));
}

}  // namespace penstock::cli
