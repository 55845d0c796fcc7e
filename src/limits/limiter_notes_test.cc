// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>

#include "limits/limiter.h"

namespace penstock::limits {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

using Notes = std::map<std::string, std::string>;

constexpr WallTime kWall{seconds(1'800'000'000)};

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }
WallTime wall(std::int64_t ms) { return kWall + milliseconds(ms); }

LimitOptions quota(std::int64_t count, Duration window) {
  LimitOptions options;
  options.name = "search";
  options.all.rates = {Rate{count, window}};
  return options;
}

LimitOptions per_host(LimitRules rules) {
  LimitOptions options;
  options.name = "pages";
  options.per = "host";
  options.each = std::move(rules);
  return options;
}

/// Put a reservation into the ledger.
void keep(Notes& ledger, const std::vector<Note>& notes) {
  for (const Note& note : notes) ledger[note.name] = note.text;
}

/// Reserve, let it become durable, and confirm.
void reserve(Limiter& limiter, Notes& ledger, std::int64_t ms) {
  const Reservation reservation = limiter.reserve(at(ms), wall(ms));
  keep(ledger, reservation.notes);
  limiter.confirm(reservation.serial);
}

/// Take as many as are granted at this time, with reservations; how many.
int take_all(Limiter& limiter, Notes& ledger, std::int64_t ms, std::string_view key = "") {
  int taken = 0;
  while (taken < 100'000) {
    const Answer answer = limiter.ask(key, at(ms));
    if (answer.hold == Hold::reservation) {
      reserve(limiter, ledger, ms);
      continue;
    }
    if (!answer.granted()) return taken;
    Permit permit = limiter.take(key, at(ms), answer.at);
    limiter.started(permit, answer.at);
    limiter.release(permit, Ending::ok, at(ms));
    ++taken;
  }
  return taken;
}

TEST(LimiterNotes, AQuotaOpensOnlyAfterItsNoteIsDurable) {
  Limiter limiter(quota(1280, hours(1)));
  EXPECT_EQ(limiter.ask("", at(0)).hold, Hold::reservation);
  EXPECT_TRUE(limiter.wants_reservation());
  const Reservation reservation = limiter.reserve(at(0), wall(0));
  EXPECT_FALSE(limiter.wants_reservation());
  EXPECT_EQ(limiter.ask("", at(0)).hold, Hold::reservation);
  EXPECT_FALSE(limiter.wants_reservation());
  limiter.confirm(reservation.serial);
  EXPECT_TRUE(limiter.ask("", at(0)).granted());
}

TEST(LimiterNotes, TheNextBlockIsWantedBeforeThisOneIsUsedUp) {
  Limiter limiter(quota(1280, hours(1)));
  Notes ledger;
  EXPECT_FALSE(limiter.ask("", at(0)).granted());
  reserve(limiter, ledger, 0);
  int granted = 0;
  for (; !limiter.wants_reservation(); ++granted) {
    ASSERT_TRUE(limiter.ask("", at(0)).granted());
    Permit permit = limiter.take("", at(0), at(0));
    limiter.release(permit, Ending::ok, at(0));
    ASSERT_EQ(limiter.ask("", at(0)).hold, Hold::none);
  }
  EXPECT_EQ(granted, 6);
}

TEST(LimiterNotes, OnlyTheNewestOfTwoReservationsCounts) {
  Limiter limiter(quota(1280, hours(1)));
  EXPECT_FALSE(limiter.ask("", at(0), 1).granted());
  const Reservation first = limiter.reserve(at(0), wall(0));
  EXPECT_FALSE(limiter.ask("", at(0), 50).granted());
  const Reservation second = limiter.reserve(at(0), wall(0));
  limiter.confirm(first.serial);
  EXPECT_FALSE(limiter.ask("", at(0)).granted());
  limiter.confirm(second.serial);
  EXPECT_TRUE(limiter.ask("", at(0), 50).granted());
}

TEST(LimiterNotes, AfterACrashTheWholeBlockCountsAsSpent) {
  Notes ledger;
  int taken = 0;
  for (int engine = 0; engine < 5; ++engine) {
    Limiter limiter(quota(128, hours(1)));
    limiter.restore(ledger, Shutdown::crashed, at(0), wall(engine * 1000));
    EXPECT_FALSE(limiter.ask("", at(0)).granted());
    const Reservation reservation = limiter.reserve(at(0), wall(engine * 1000));
    keep(ledger, reservation.notes);
    limiter.confirm(reservation.serial);
    std::ignore = limiter.take("", at(0), at(0));  // It dies with this in flight.
    ++taken;
  }
  Limiter last(quota(128, hours(1)));
  last.restore(ledger, Shutdown::crashed, at(0), wall(9000));
  taken += take_all(last, ledger, 0);
  EXPECT_LE(taken, 128);
  EXPECT_GE(taken, 128 - 5);
}

TEST(LimiterNotes, AfterACleanCloseTheStateIsExact) {
  Notes ledger;
  {
    Limiter limiter(quota(128, hours(1)));
    EXPECT_EQ(take_all(limiter, ledger, 0), 128);
    keep(ledger, limiter.close(at(100), wall(100)));
  }
  Limiter limiter(quota(128, hours(1)));
  limiter.restore(ledger, Shutdown::clean, at(7'000'000), wall(3'599'999));
  EXPECT_EQ(take_all(limiter, ledger, 7'000'000), 0);
  EXPECT_EQ(take_all(limiter, ledger, 7'000'001), 128);
}

TEST(LimiterNotes, ACleanCloseKeepsPaceSpacingAndPauses) {
  const LimitOptions options = per_host({.rates = {Rate{1, seconds(60)}}, .spacing = seconds(90)});
  Notes ledger;
  {
    Limiter limiter(options);
    EXPECT_EQ(take_all(limiter, ledger, 0, "a.org"), 1);
    limiter.pause_until("b.org", at(200'000), at(0));
    keep(ledger, limiter.close(at(1000), wall(1000)));
  }
  Limiter limiter(options);
  limiter.restore(ledger, Shutdown::clean, at(0), wall(11'000));
  EXPECT_EQ(limiter.ask("a.org", at(0)).at, at(90'020 - 11'000 - 10));
  EXPECT_EQ(limiter.ask("b.org", at(0)).at, at(200'000 - 11'000 - 10));
  EXPECT_TRUE(limiter.ask("c.org", at(0)).granted());
}

TEST(LimiterNotes, APauseOutlivesACrash) {
  const LimitOptions options = per_host({.concurrency = Concurrency{2, false}});
  Notes ledger;
  {
    Limiter limiter(options);
    limiter.pause_until("a.org", at(50), at(0));
    EXPECT_FALSE(limiter.wants_reservation()) << "too short to be worth a note";
    limiter.pause_until("a.org", at(60'000), at(0));
    EXPECT_TRUE(limiter.wants_reservation());
    reserve(limiter, ledger, 0);
  }
  Limiter limiter(options);
  limiter.restore(ledger, Shutdown::crashed, at(0), wall(1000));
  EXPECT_EQ(limiter.ask("a.org", at(0)).at, at(58'990));
  EXPECT_TRUE(limiter.ask("b.org", at(0)).granted());
}

TEST(LimiterNotes, AfterACrashEveryKeyWaitsOneSpacing) {
  Limiter limiter(per_host({.spacing = milliseconds(1500)}));
  limiter.restore({}, Shutdown::crashed, at(1000), wall(0));
  EXPECT_EQ(limiter.ask("a.org", at(1000)).at, at(2510));
  EXPECT_EQ(limiter.ask("b.org", at(2000)).at, at(2510));
  EXPECT_EQ(limiter.ask("c.org", at(9000)).at, at(9000));
}

TEST(LimiterNotes, AfterACrashPacingStartsEmpty) {
  Limiter limiter(quota(50, seconds(1)));
  limiter.restore({}, Shutdown::crashed, at(0), wall(0));
  // The burst of 50/s is five: these are owed first, then comes one each 20.4 ms.
  EXPECT_EQ(limiter.ask("", at(0)).at, at(20 + 5 * 20 + 2 - 10) + Duration(5));
}

TEST(LimiterNotes, KeysHaveNotesOfTheirOwn) {
  const LimitOptions options = per_host({.rates = {Rate{10, hours(1)}}});
  Notes ledger;
  {
    Limiter limiter(options);
    EXPECT_EQ(take_all(limiter, ledger, 0, "a.org"), 10);
    EXPECT_EQ(take_all(limiter, ledger, 0, "b/../\n.org"), 10);
  }
  EXPECT_EQ(ledger.size(), 2U);
  EXPECT_TRUE(ledger.contains("limit/pages/a.org"));
  ledger["limit/pages2/c.org"] = "1 pause=1900000000000000";
  ledger["limit/search"] = "1 pause=1900000000000000";
  Limiter limiter(options);
  limiter.restore(ledger, Shutdown::crashed, at(0), wall(1000));
  EXPECT_EQ(take_all(limiter, ledger, 0, "a.org"), 0);
  EXPECT_EQ(take_all(limiter, ledger, 0, "b/../\n.org"), 0);
  EXPECT_EQ(take_all(limiter, ledger, 0, "c.org"), 10);
}

TEST(LimiterNotes, RestedKeysAreForgottenInTheLedgerToo) {
  Limiter limiter(per_host({.rates = {Rate{10, hours(1)}}}));
  Notes ledger;
  const std::int64_t later = 2 * 3600 * 1000;
  for (int i = 0; i < 64; ++i) take_all(limiter, ledger, 0, "old" + std::to_string(i));
  reserve(limiter, ledger, 0);
  // The note of the new key carries the forgetting of the old ones with it.
  take_all(limiter, ledger, later, "new");
  EXPECT_EQ(ledger["limit/pages/old7"], "");
  EXPECT_NE(ledger["limit/pages/new"], "");
  // An empty note is no note.
  Limiter next(per_host({.rates = {Rate{10, hours(1)}}}));
  next.restore(ledger, Shutdown::crashed, at(0), wall(later));
  EXPECT_EQ(next.keys_held(), 1U);
}

TEST(LimiterNotes, AKeyThatWaitsForItsNoteIsNotForgotten) {
  Limiter limiter(per_host({.rates = {Rate{10, hours(1)}}}));
  const auto host = [](int i) { return "host" + std::to_string(i); };
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(limiter.ask(host(i), at(0)).granted());
  const Reservation reservation = limiter.reserve(at(0), wall(0));
  EXPECT_EQ(reservation.notes.size(), 100U);
  for (int i = 100; i < 1000; ++i) EXPECT_FALSE(limiter.ask(host(i), at(0)).granted());
  limiter.confirm(reservation.serial);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(limiter.ask(host(i), at(0)).granted());
  EXPECT_FALSE(limiter.ask(host(100), at(0)).granted());
}

TEST(LimiterNotes, ACloseForgetsWhatHasRested) {
  Limiter limiter(per_host({.rates = {Rate{10, hours(1)}}}));
  Notes ledger;
  take_all(limiter, ledger, 0, "a.org");
  const std::int64_t later = 2 * 3600 * 1000;
  keep(ledger, limiter.close(at(later), wall(later)));
  EXPECT_EQ(ledger["limit/pages/a.org"], "");
}

TEST(LimiterNotes, ANoteThatCannotBeReadCountsAsUsedUp) {
  Limiter limiter(quota(10, hours(1)));
  limiter.restore({{"limit/search", "2 something new"}}, Shutdown::clean, at(0), wall(0));
  Notes ledger;
  EXPECT_EQ(take_all(limiter, ledger, 0), 0);
  EXPECT_EQ(take_all(limiter, ledger, 3'600'020), 10);
}

TEST(LimiterNotes, ALimitThatLostItsKeysIgnoresTheirNotes) {
  Limiter limiter(quota(10, hours(1)));
  limiter.restore({{"limit/search/a.org", "1"}}, Shutdown::clean, at(0), wall(0));
  EXPECT_EQ(limiter.keys_held(), 0U);
}

}  // namespace
}  // namespace penstock::limits
