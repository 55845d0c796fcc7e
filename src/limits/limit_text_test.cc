// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/limit_text.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::limits {
namespace {

/// What a text becomes when it is written again, or why it was refused.
std::string rate(std::string_view text) {
  const auto rate = parse_rate(text);
  if (!rate) return rate.error().message;
  return to_text(rate->rule) + (rate->per.empty() ? "" : " per " + rate->per);
}

std::string duration(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration ? to_text(*duration) : duration.error().message;
}

std::string concurrency(std::string_view text) {
  const auto concurrency = parse_concurrency(text);
  if (!concurrency) return concurrency.error().message;
  return to_text(concurrency->rule) + (concurrency->per.empty() ? "" : " per " + concurrency->per);
}

std::string spacing(std::string_view text) {
  const auto spacing = parse_spacing(text);
  if (!spacing) return spacing.error().message;
  return to_text(spacing->rule) + (spacing->per.empty() ? "" : " per " + spacing->per);
}

TEST(LimitText, ReadsRates) {
  EXPECT_EQ(rate("10/s"), "10/s");
  EXPECT_EQ(rate("500/min"), "500/min");
  EXPECT_EQ(rate("500/minute per host"), "500/min per host");
  EXPECT_EQ(rate("10000/day"), "10000/d");
  EXPECT_EQ(rate("10/10s"), "10/10s");
  EXPECT_EQ(rate("10/60s per {tenant}"), "10/min per {tenant}");
  EXPECT_EQ(rate("1e9/s"), "1000000000/s");
  EXPECT_EQ(rate("3/100ms"), "3/100ms");
}

TEST(LimitText, AFractionBecomesAnotherWindow) {
  EXPECT_EQ(rate("0.1/s"), "1/10s");
  EXPECT_EQ(rate("2.5/s"), "2/800ms");
  EXPECT_EQ(rate("0.5/day"), "1/2d");
}

TEST(LimitText, RefusesRatesThatMeanNothing) {
  EXPECT_EQ(rate("0/s"), "rate \"0/s\" is zero: nothing would ever start");
  EXPECT_EQ(rate("-1/s"), "rate \"-1/s\" is negative");
  EXPECT_EQ(rate("10/0s"), "rate \"10/0s\" has an empty window");
  EXPECT_EQ(rate("10/-1s"),
            "rate \"10/-1s\" needs a time after the slash, as 10/s, 500/min or 10/10s");
  EXPECT_EQ(rate("10/"), "rate \"10/\" needs a time after the slash, as 10/s, 500/min or 10/10s");
  EXPECT_EQ(rate("10/fortnight"),
            "rate \"10/fortnight\" needs a time after the slash, as 10/s, 500/min or 10/10s");
  EXPECT_EQ(rate("10"), "rate \"10\" needs a slash and a time, as 10/s");
  EXPECT_EQ(rate(""), "rate \"\" is not a number with a unit, such as 10/s");
  EXPECT_EQ(rate("NaN/s"), "rate \"NaN/s\" is not a number with a unit, such as 10/s");
  EXPECT_EQ(rate("inf/s"), "rate \"inf/s\" is not a number with a unit, such as 10/s");
  EXPECT_EQ(rate("1e400/s"), "rate \"1e400/s\" is out of range");
  EXPECT_EQ(rate("1e13/s"), "rate \"1e13/s\" is more than 1e12");
  EXPECT_EQ(rate("1e-9/s"), "rate \"1e-9/s\" is less than one in 366 days");
  EXPECT_EQ(rate("1/99999d"), "rate \"1/99999d\" has a window of more than 366 days");
  EXPECT_EQ(rate("10/1ms"), "rate \"10/1ms\" has a window of less than 100ms");
  EXPECT_EQ(rate("5/s per banana"),
            "rate \"5/s per banana\" is for what? write per host, or a placeholder such as per "
            "{tenant}");
  EXPECT_EQ(parse_rate("0/s").error().kind, "job.rate");
  EXPECT_EQ(parse_rate("0/s").error().code, Errc::invalid);
}

TEST(LimitText, ReadsDurations) {
  EXPECT_EQ(duration("1.5s"), "1.5s");
  EXPECT_EQ(duration("20ms"), "20ms");
  EXPECT_EQ(duration("0.5ms"), "0.5ms");
  EXPECT_EQ(duration("90s"), "90s");
  EXPECT_EQ(duration("5m"), "5min");
  EXPECT_EQ(duration("2h"), "2h");
  EXPECT_EQ(duration("366d"), "366d");
}

TEST(LimitText, RefusesDurationsThatMeanNothing) {
  EXPECT_EQ(duration("0s"), "duration \"0s\" is zero");
  EXPECT_EQ(duration("-1s"), "duration \"-1s\" is negative");
  EXPECT_EQ(duration("-1"), "duration \"-1\" is negative");
  EXPECT_EQ(duration("0"), "duration \"0\" needs a unit: ms, s, min, h or d, as 1.5s");
  EXPECT_EQ(duration("5 s"), "duration \"5 s\" needs a unit: ms, s, min, h or d, as 1.5s");
  EXPECT_EQ(duration("NaN"), "duration \"NaN\" is not a number with a unit, such as 1.5s");
  EXPECT_EQ(duration("1e400"), "duration \"1e400\" is out of range");
  EXPECT_EQ(duration("99999d"), "duration \"99999d\" is more than 366 days");
  EXPECT_EQ(duration("1e30ms"), "duration \"1e30ms\" is more than 366 days");
}

TEST(LimitText, QuotesNoMoreThanALineOfALongText) {
  EXPECT_LT(duration(std::string(10'000, '9') + "s").size(), 200U);
}

TEST(LimitText, ReadsConcurrency) {
  EXPECT_EQ(concurrency("2 per host"), "2 per host");
  EXPECT_EQ(concurrency("500"), "500");
  EXPECT_EQ(concurrency("auto per {tenant}"), "auto per {tenant}");
  EXPECT_EQ(concurrency("0"), "concurrency \"0\" is zero: nothing would ever start");
  EXPECT_EQ(concurrency("-5"), "concurrency \"-5\" is negative");
  EXPECT_EQ(concurrency("1.5"), "concurrency \"1.5\" is not a whole number or auto");
  EXPECT_EQ(concurrency("many"), "concurrency \"many\" is not a whole number or auto");
  EXPECT_EQ(concurrency("1000000000"), "concurrency \"1000000000\" is more than 1000000");
  EXPECT_EQ(concurrency("99999999999999999999"),
            "concurrency \"99999999999999999999\" is more than 1000000");
  EXPECT_EQ(concurrency("2 per {}"),
            "concurrency \"2 per {}\" is for what? write per host, or a placeholder such as per "
            "{tenant}");
}

TEST(LimitText, ReadsSpacing) {
  EXPECT_EQ(spacing("1.5s per host"), "1.5s per host");
  EXPECT_EQ(spacing("3s"), "3s");
  EXPECT_EQ(spacing("0s"), "spacing \"0s\" is zero");
  EXPECT_EQ(spacing("1.5"), "spacing \"1.5\" needs a unit: ms, s, min, h or d, as 1.5s");
  EXPECT_EQ(spacing("1s per "),
            "spacing \"1s per \" is for what? write per host, or a placeholder such as per "
            "{tenant}");
}

LimitOptions search() {
  LimitOptions options;
  options.name = "search";
  options.all.rates = {Rate{10, std::chrono::seconds(1)}};
  return options;
}

std::string checked(const LimitOptions& options) {
  const Status status = check_limit(options);
  return status ? "good" : status.error().message;
}

TEST(LimitText, ChecksWholeLimits) {
  EXPECT_EQ(checked(search()), "good");

  LimitOptions options = search();
  options.name = "a/b";
  EXPECT_EQ(checked(options),
            "limit \"a/b\" has a name of other than 1 to 64 letters, digits, _ and -");

  options = search();
  options.each.spacing = std::chrono::seconds(1);
  EXPECT_EQ(checked(options), "limit \"search\" has rules for keys and does not say per what");
  options.per = "host";
  EXPECT_EQ(checked(options), "good");

  options = search();
  options.all = {};
  EXPECT_EQ(checked(options), "limit \"search\" has no rule: give rate, concurrency or spacing");

  options = search();
  options.all.rates.push_back(options.all.rates.front());
  EXPECT_EQ(checked(options), "limit \"search\" has two rates of one window");
}

TEST(LimitText, ChecksEveryRule) {
  const auto with = [](const LimitRules& rules) {
    LimitOptions options = search();
    options.per = "host";
    options.keys["a.org"] = rules;
    return checked(options);
  };
  EXPECT_EQ(with({.rates = {Rate{0, std::chrono::seconds(1)}}}),
            "limit \"search\" has a rate out of range");
  EXPECT_EQ(with({.rates = {Rate{1, Duration(1)}}}),
            "limit \"search\" has a window outside of 100ms to 366 days");
  EXPECT_EQ(with({.concurrency = Concurrency{0, false}}),
            "limit \"search\" has a concurrency outside of 1 to 1000000");
  EXPECT_EQ(with({.spacing = Duration(-1)}),
            "limit \"search\" has a spacing outside of 0 to 366 days");
  EXPECT_EQ(with({.spacing = Duration(1)}), "good");
}

}  // namespace
}  // namespace penstock::limits
