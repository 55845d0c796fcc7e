// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Sizes of queued operations: what holds the engine back.
#include "ledger/operation.h"

namespace penstock::ledger {
namespace {

std::size_t bytes_of(const Enrolment& item) noexcept {
  return sizeof item + item.key.size() + item.value.size() + item.queue.size() + item.hop.size();
}

std::size_t bytes_of(const std::vector<Enrolment>& items) noexcept {
  std::size_t bytes = 0;
  for (const Enrolment& item : items) bytes += bytes_of(item);
  return bytes;
}

std::size_t bytes_of(const std::vector<Verdict>& verdicts) noexcept {
  std::size_t bytes = 0;
  for (const Verdict& verdict : verdicts) {
    bytes += sizeof verdict + verdict.key.size() + verdict.value.size() + verdict.output.size() +
             verdict.kind.size() + verdict.error.size() + bytes_of(verdict.children);
  }
  return bytes;
}

std::size_t bytes_of(const Note& note) noexcept {
  return sizeof note + note.name.size() + note.text.size();
}

std::size_t bytes_of(const RefillRequest& request) noexcept {
  return sizeof request + request.queue.size();
}

}  // namespace

std::size_t approximate_bytes(const Operation& operation) noexcept {
  return std::visit([](const auto& held) { return bytes_of(held); }, operation);
}

}  // namespace penstock::ledger
