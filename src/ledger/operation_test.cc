// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/operation.h"

#include <gtest/gtest.h>

#include "ledger/contract_test.h"

namespace penstock::ledger {
namespace {

TEST(Operation, TextsAndChildrenWeighOnTheBacklog) {
  const Operation small = batch(done(1, item(0, 0), "{}"));
  const Operation large = batch(done(1, item(0, 0), "{}", std::string(10'000, 'x')));
  const Operation fertile =
      batch(with_children(done(1, item(0, 0), "{}"), 0, {std::string(10'000, 'x')}));
  EXPECT_GE(approximate_bytes(small), sizeof(Verdict));
  EXPECT_GE(approximate_bytes(large), approximate_bytes(small) + 9'999);
  EXPECT_GE(approximate_bytes(fertile), approximate_bytes(small) + 9'999 + sizeof(Enrolment));
}

TEST(Operation, SoDoTheOthers) {
  const std::string large(10'000, 'x');
  EXPECT_GE(approximate_bytes(Note{"a", large}), 10'000U);
  EXPECT_GE(approximate_bytes(std::vector<Enrolment>{waiting(item(0, 0), large)}), 10'000U);
  EXPECT_GE(approximate_bytes(RefillRequest{.queue = large}), 10'000U);
}

}  // namespace
}  // namespace penstock::ledger
