// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whole numbers as items: nothing is stored, so any of them is reached at once.
#include <fmt/format.h>
#include <penstock/sources.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "core/json_text.h"
#include "sources/source_item.h"

namespace penstock {
namespace {

Error invalid_range(std::string message) {
  return Error{.code = Errc::invalid, .message = std::move(message), .kind = "input.range"};
}

// How many steps after the first. Distances are unsigned: from the least to the greatest number is
// more than an int64 holds.
std::optional<std::uint64_t> steps_of(const RangeOptions& options) {
  const auto first = static_cast<std::uint64_t>(options.first);
  const auto last = static_cast<std::uint64_t>(options.last);
  const auto step = static_cast<std::uint64_t>(options.step);
  if (options.step > 0 && options.first <= options.last) return (last - first) / step;
  if (options.step < 0 && options.first >= options.last) return (first - last) / (~step + 1);
  return std::nullopt;
}

class Range final : public Source {
 public:
  Range(RangeOptions options, std::uint64_t total)
      : options_(std::move(options)),
        total_(total),
        opening_("{" + json::quoted(options_.as) + ":") {}

  Result<SourceState> read(std::size_t items_max, std::vector<SourceItem>& out) override {
    const std::uint64_t last = next_ + std::min<std::uint64_t>(items_max, total_ - next_);
    for (; next_ < last; ++next_) sources::set_value(out.emplace_back(), value_of(next_));
    return next_ == total_ ? SourceState::end : SourceState::items;
  }

  std::optional<std::uint64_t> total() const override { return total_; }

  Status skip(std::uint64_t count) override {
    next_ += std::min(count, total_ - next_);
    return ok();
  }

 private:
  std::string value_of(std::uint64_t ordinal) const {
    // Wraps as unsigned numbers do, which gives the right signed one.
    const auto number =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(options_.first) +
                                  ordinal * static_cast<std::uint64_t>(options_.step));
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    std::string value;
    value.reserve(opening_.size() + static_cast<std::size_t>(end - digits) + 1);
    value.append(opening_).append(digits, end) += '}';
    return value;
  }

  const RangeOptions options_;
  const std::uint64_t total_;
  const std::string opening_;
  std::uint64_t next_ = 0;
};

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<std::unique_ptr<Source>> make_range(RangeOptions options) {
  const auto steps = steps_of(options);
  if (!steps) {
    return invalid_range(fmt::format("a range from {} to {} does not get there in steps of {}",
                                     options.first, options.last, options.step));
  }
  if (*steps >= ItemId::kSequenceMax) {
    return invalid_range(fmt::format("a range from {} to {} has more items than a run can hold",
                                     options.first, options.last));
  }
  return std::unique_ptr<Source>(std::make_unique<Range>(std::move(options), *steps + 1));
}

Result<RangeOptions> parse_range(std::string_view text) {
  const Error malformed =
      invalid_range(fmt::format("'{}' is no range; write 1..1000, or 0..100..5 with a step", text));
  std::optional<std::int64_t> numbers[3];
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++count) {
    if (count == 3) return malformed;
    const std::size_t dots = std::min(text.find("..", begin), text.size());
    numbers[count] = parse_number(text.substr(begin, dots - begin));
    if (!numbers[count]) return malformed;
    begin = dots + 2;
  }
  if (count < 2) return malformed;
  RangeOptions range{.first = *numbers[0], .last = *numbers[1]};
  range.step = numbers[2] ? *numbers[2] : range.first <= range.last ? 1 : -1;
  return range;
}

}  // namespace penstock
