// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/line_reader.h"

#include <gtest/gtest.h>

#include "sources/streams.h"

namespace penstock::sources {
namespace {

// [line] by line; (bytes) behind one that is too long; ~ for a wait.
std::string read_lines(std::unique_ptr<ByteStream> stream) {
  LineReader reader(std::move(stream));
  std::string text;
  for (std::uint64_t number = 1;;) {
    const auto read = reader.next();
    if (!read) return text + "!" + read.error().kind;
    if (read->state == SourceState::end) return text;
    if (read->state == SourceState::waiting) {
      text += '~';
      continue;
    }
    EXPECT_EQ(read->line.number, number++);
    text += "[" + std::string(read->line.text) + "]";
    if (read->line.too_long) text += "(" + std::to_string(read->line.bytes) + ")";
  }
}

std::string check(std::string_view bytes) {
  const std::string at_once = read_lines(pieces({std::string(bytes)}));
  EXPECT_EQ(read_lines(drops(bytes)), at_once);
  return at_once;
}

TEST(LineReader, TakesBothEndings) { EXPECT_EQ(check("a\nb\r\nc\n"), "[a][b][c]"); }

TEST(LineReader, KeepsALastLineWithoutEnding) { EXPECT_EQ(check("a\nb"), "[a][b]"); }

TEST(LineReader, KeepsEmptyLines) { EXPECT_EQ(check("\n\r\n\na\n\n"), "[][][][a][]"); }

TEST(LineReader, KeepsALoneCarriageReturn) { EXPECT_EQ(check("a\rb\r\n\r"), "[a\rb][\r]"); }

TEST(LineReader, KeepsNulBytes) { EXPECT_EQ(check({"a\0b\n", 4}), std::string("[a\0b]", 5)); }

TEST(LineReader, FindsNothingInNothing) { EXPECT_EQ(check(""), ""); }

TEST(LineReader, WaitsInTheMiddleOfALine) {
  EXPECT_EQ(read_lines(pieces({"a\nb", kWait, "c\n", kWait, "d"})), "[a]~[bc]~[d]");
}

TEST(LineReader, DropsACutLineWhenTheRestIsLost) {
  EXPECT_EQ(read_lines(pieces({"a\nb", kLost})), "[a]");
}

TEST(LineReader, PassesAnErrorOn) { EXPECT_EQ(read_lines(pieces({"a\nb", kFail})), "[a]!test"); }

TEST(LineReader, ReadsLinesAroundItsBuffer) {
  std::string bytes;
  std::string expected;
  for (std::size_t length = 1; length < 300'000; length = length * 3 + 1) {
    bytes += std::string(length, 'x') + "\n";
    expected += "[" + std::string(length, 'x') + "]";
  }
  EXPECT_EQ(read_lines(pieces({bytes})), expected);
}

TEST(LineReader, TakesTheLongestLine) {
  const std::string longest(kLineBytesMax, 'x');
  EXPECT_EQ(read_lines(pieces({longest, "\r\na\n"})), "[" + longest + "][a]");
}

TEST(LineReader, ShowsTheBeginningOfALineThatIsTooLong) {
  const std::string beginning(1024, 'x');
  EXPECT_EQ(read_lines(pieces({std::string(kLineBytesMax + 1, 'x'), "\na\n"})),
            "[" + beginning + "](16777217)[a]");
  EXPECT_EQ(read_lines(pieces({std::string(kLineBytesMax + 1, 'x')})),
            "[" + beginning + "](16777217)");
}

// Gives one line without end until it is told enough.
class Endless final : public ByteStream {
 public:
  Result<std::optional<std::size_t>> read(std::span<char> room) override {
    room_bytes_max_ = std::max(room_bytes_max_, room.size());
    const std::size_t count = std::min<std::uint64_t>(room.size(), left_bytes_);
    std::fill_n(room.data(), count, 'x');
    left_bytes_ -= count;
    return std::optional<std::size_t>(count);
  }
  const std::string& name() const override { return name_; }

 private:
  const std::string name_ = "endless";
  std::uint64_t left_bytes_ = std::uint64_t{1} << 30U;
  std::size_t room_bytes_max_ = 0;
};

TEST(LineReader, CountsALineOfOneGibibyteInBoundedMemory) {
  LineReader reader(std::make_unique<Endless>());
  const auto read = reader.next();
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->line.too_long);
  EXPECT_EQ(read->line.bytes, std::uint64_t{1} << 30U);
  EXPECT_EQ(read->line.text, std::string(1024, 'x'));
  EXPECT_EQ(reader.next()->state, SourceState::end);
}

}  // namespace
}  // namespace penstock::sources
