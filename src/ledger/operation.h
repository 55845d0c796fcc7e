// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the engine has asked of a ledger and is not done yet, in the order of the calls.
#pragma once

#include <penstock/ledger.h>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace penstock::ledger {

struct Note {
  std::string name;
  std::string text;
};

struct RefillRequest {
  StepIndex step{};
  std::string queue;
  std::optional<ItemId> after;
  std::size_t items_max = 0;
};

using Operation = std::variant<std::vector<Verdict>, std::vector<Enrolment>, Note, RefillRequest>;

/// About what it holds in memory: fixed parts and texts.
std::size_t approximate_bytes(const Operation& operation) noexcept;

}  // namespace penstock::ledger
