// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the tests of all ledgers speak: verdicts in few words, a sink that is a list of lines, and
// a waker that waits as long as it takes.
#pragma once

#include <penstock/ledger.h>
#include <penstock/sink.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/fingerprint.h"
#include "ledger/ancestry.h"
#include "ledger/waiting_waker_test.h"

namespace penstock::ledger {

/// What a LineSink writes to: it outlives its sinks as a file does.
struct LineFile {
  std::vector<std::string> lines;
  std::uint64_t inode = 0;  // 0: there is no such file.
  std::uint64_t opened = 0;
  std::uint64_t synced = 0;
};

class LineSink final : public Sink {
 public:
  LineSink(LineFile& file, std::string name = "lines") : file_(file), name_(std::move(name)) {}

  std::string_view name() const override { return name_; }

  Result<bool> open(const SinkCursor& cursor) override {
    ++file_.opened;
    cursor_ = cursor;
    if (file_.inode == 0) file_.inode = file_.opened;
    const bool stands = cursor.seq == 0 || file_.lines.size() >= cursor.length_bytes;
    aside_ = !stands;
    if (stands) file_.lines.resize(cursor.seq == 0 ? 0 : cursor.length_bytes);
    return stands;
  }
  Status write(const Record& record) override {
    auto& lines = aside_ ? aside_lines_ : file_.lines;
    lines.push_back(std::string(record.step) + " " + record.key + " <" + record.parent_key + "> " +
                    to_string(record.status) + " " + record.kind + " " + std::string(record.value) +
                    " " + std::string(record.output));
    cursor_.seq = static_cast<std::uint64_t>(record.seq);
    return ok();
  }
  Result<SinkCursor> sync() override {
    ++file_.synced;
    if (std::exchange(aside_, false)) file_.lines = std::exchange(aside_lines_, {});
    cursor_.length_bytes = file_.lines.size();
    cursor_.inode = file_.inode;
    return cursor_;
  }
  Status flush() override { return ok(); }

 private:
  LineFile& file_;
  std::string name_;
  SinkCursor cursor_;
  bool aside_ = false;
  std::vector<std::string> aside_lines_;
};

inline std::vector<std::unique_ptr<Sink>> sinks_into(LineFile& file) {
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<LineSink>(file));
  return sinks;
}

inline ItemId item(unsigned step, std::uint64_t sequence) {
  return ItemId::of(StepIndex{static_cast<std::uint8_t>(step)}, sequence);
}

/// A first-step item that is a result.
inline Verdict done(std::uint64_t seq, ItemId id, std::string value, std::string output = "1") {
  Verdict verdict;
  verdict.seq = Seq{seq};
  verdict.item = id;
  verdict.value = std::move(value);
  verdict.output = std::move(output);
  verdict.content = fingerprint(verdict.value);
  return verdict;
}

inline Verdict failed(std::uint64_t seq, ItemId id, std::string value, std::string kind) {
  Verdict verdict = done(seq, id, std::move(value), "");
  verdict.status = ItemStatus::failed;
  verdict.error = "it said " + kind;
  verdict.kind = std::move(kind);
  return verdict;
}

inline Enrolment waiting(ItemId id, std::string value, std::string queue = "") {
  Enrolment waits;
  waits.item = id;
  waits.value = std::move(value);
  waits.queue = std::move(queue);
  return waits;
}

/// The verdict goes on in children of the next step, with these values.
inline Verdict with_children(Verdict verdict, std::uint64_t first_sequence,
                             const std::vector<std::string>& values,
                             const std::string& queue = "") {
  verdict.leaf = false;
  const auto step = static_cast<unsigned>(verdict.item.step());
  const std::string key = shown_key(verdict.item, verdict.key);
  for (std::uint32_t index = 0; index < values.size(); ++index) {
    Enrolment child = waiting(item(step + 1, first_sequence + index), values[index], queue);
    child.parent = verdict.seq;
    child.index = index;
    child.key = key + "/" + std::to_string(index + 1);
    verdict.children.push_back(std::move(child));
  }
  return verdict;
}

/// The end of an item that a ledger gave back, or that was enrolled.
inline Verdict done(std::uint64_t seq, const Enrolment& from, std::string output = "1") {
  Verdict verdict = done(seq, from.item, from.value, std::move(output));
  verdict.parent = from.parent;
  verdict.index = from.index;
  verdict.key = from.key;
  verdict.content = from.content;
  return verdict;
}

inline std::vector<Verdict> batch() { return {}; }

template <typename... Rest>
std::vector<Verdict> batch(Verdict first, Rest... rest) {
  std::vector<Verdict> all;
  all.push_back(std::move(first));
  (all.push_back(std::move(rest)), ...);
  return all;
}

}  // namespace penstock::ledger
