// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/text_source.h"

#include <gtest/gtest.h>
#include <penstock/sources.h>

#include "sources/packing.h"
#include "sources/pipes.h"
#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

class TextSourceTest : public ::testing::Test {
 protected:
  std::string check(const std::vector<std::string>& files) const {
    return read_back([&] { return open_lines(files, {}); }, inputs_);
  }

  // Reads until the source waits or ends; ~ or $ says which.
  std::string read(Source& source) const {
    std::vector<SourceItem> items;
    for (;;) {
      const auto state = source.read(100, items);
      EXPECT_TRUE(state);
      if (*state == SourceState::waiting) return to_text(items, inputs_) + "~";
      if (*state == SourceState::end) return to_text(items, inputs_) + "$";
    }
  }

  // Reads until there are items or the end.
  std::string await(Source& source) const {
    for (;;) {
      std::string text = read(source);
      if (text != "~") return text;
      pipe_.wait();
    }
  }

  std::string await_end(Source& source) const {
    std::string text;
    while (!text.ends_with('$')) text += await(source);
    std::erase(text, '~');
    return text;
  }

  Inputs inputs_;
  TestPipe pipe_{inputs_.path("stdin.spool")};
};

TEST_F(TextSourceTest, ReadsFilesOneAfterTheOther) {
  EXPECT_EQ(check({inputs_.write("a", "1\n2"), inputs_.write("b", ""), inputs_.write("c", "3\n")}),
            "{\"line\":\"1\"}\n{\"line\":\"2\"}\n{\"line\":\"3\"}\n");
}

TEST_F(TextSourceTest, UnpacksByMagicAndNotByName) {
  EXPECT_EQ(check({inputs_.write("a.txt", gzip("1\n")),
                   inputs_.write("b.gz", zstd("\xEF\xBB\xBF"
                                              "2")),
                   inputs_.write("c.zst", "3\n")}),
            "{\"line\":\"1\"}\n{\"line\":\"2\"}\n{\"line\":\"3\"}\n");
}

TEST_F(TextSourceTest, NamesTheFileOfAnError) {
  const std::string cut = gzip("1\n2\n").substr(0, 20);
  EXPECT_NE(check({inputs_.write("a", "1\n"), inputs_.write("b.gz", cut)})
                .find("!input.archive: unpack b.gz: the archive ends early"),
            std::string::npos);
  EXPECT_EQ(
      check({inputs_.write("b", "\xFE\xFFx")}),
      " !input.encoding: read b:1: this is UTF-16; convert it with: iconv -f UTF-16 -t UTF-8\n");
}

TEST_F(TextSourceTest, MissesAFileBeforeAnythingRuns) {
  const auto source = open_lines(std::vector{inputs_.write("a", "1\n"), inputs_.path("b")}, {});
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, "file.missing");
}

TEST_F(TextSourceTest, WaitsForAPipe) {
  auto source = open_lines(pipe_.input(), {});
  ASSERT_TRUE(source);
  EXPECT_EQ(read(**source), "~");
  pipe_.write("1\n2");
  EXPECT_EQ(await(**source), "{\"line\":\"1\"}\n~");
  pipe_.write("0\n3");
  EXPECT_EQ(await(**source), "{\"line\":\"20\"}\n~");
  pipe_.close();
  EXPECT_EQ(await(**source), "{\"line\":\"3\"}\n$");
  EXPECT_FALSE((*source)->incomplete());
}

TEST_F(TextSourceTest, GoesOnFromTheSpoolWithoutTheCutLine) {
  {
    auto source = open_lines(pipe_.input(), {});
    pipe_.write("1\n2\n3");
    EXPECT_EQ(await(**source), "{\"line\":\"1\"}\n{\"line\":\"2\"}\n~");
    EXPECT_TRUE((*source)->sync_before(2));
  }
  auto again = open_lines(pipe_.input_again(), {});
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)->skip(1));
  EXPECT_EQ(read(**again), "{\"line\":\"2\"}\n$");
  EXPECT_TRUE((*again)->incomplete());
}

TEST_F(TextSourceTest, KeepsALastLineOfAPipeWhoseEndWasSeen) {
  {
    auto source = open_lines(pipe_.input(), {});
    pipe_.write("1\n2");
    pipe_.close();
    EXPECT_EQ(await_end(**source), "{\"line\":\"1\"}\n{\"line\":\"2\"}\n$");
  }
  auto again = open_lines(pipe_.input_again(), {});
  EXPECT_EQ(read(**again), "{\"line\":\"1\"}\n{\"line\":\"2\"}\n$");
  EXPECT_FALSE((*again)->incomplete());
}

TEST_F(TextSourceTest, UnpacksAPipe) {
  auto source = open_lines(pipe_.input(), {});
  const std::string packed = gzip("1\n") + gzip("2\n");
  pipe_.write(packed.substr(0, 3));
  EXPECT_EQ(read(**source), "~");
  pipe_.write(packed.substr(3));
  pipe_.close();
  EXPECT_EQ(await_end(**source), "{\"line\":\"1\"}\n{\"line\":\"2\"}\n$");
}

TEST_F(TextSourceTest, SkipsWhatAPipeHasNotGivenYet) {
  auto source = open_lines(pipe_.input(), {});
  EXPECT_TRUE((*source)->skip(2));
  pipe_.write("1\n2\n3\n");
  EXPECT_EQ(await(**source), "{\"line\":\"3\"}\n~");
}

class ReadAheadTest : public TextSourceTest {
 protected:
  // Writes lines of `bytes` bytes until the pipe is closed, and counts what the source gives.
  void feed(std::size_t lines, std::size_t bytes) {
    writer_ = std::thread([this, lines, bytes] {
      const std::string line(bytes - 1, 'x');
      for (std::size_t i = 0; i < lines; ++i) pipe_.write(line + "\n");
      pipe_.close();
    });
  }

  // Items until the source holds back or ends. It holds back if it waits though it has more: then
  // no event comes, so the caller says how many there are to be.
  std::uint64_t count(Source& source, std::uint64_t wanted) const {
    std::uint64_t items = 0;
    while (items < wanted) {
      std::vector<SourceItem> some;
      const auto state = source.read(1000, some);
      EXPECT_TRUE(state);
      items += some.size();
      if (*state == SourceState::end) break;
      if (*state == SourceState::waiting && items < wanted) pipe_.wait();
    }
    return items;
  }

  void TearDown() override {
    if (writer_.joinable()) writer_.join();
  }

  std::thread writer_;
};

TEST_F(ReadAheadTest, StopsTenThousandItemsAhead) {
  auto source = open_lines(pipe_.input(), {});
  feed(25'000, 10);
  EXPECT_EQ(count(**source, kItemsAheadMax), kItemsAheadMax);
  EXPECT_EQ(read(**source), "~");
  (*source)->settled_before(1);
  pipe_.wait();
  EXPECT_EQ(count(**source, 1), 1U);
  EXPECT_EQ(read(**source), "~");
  (*source)->settled_before(kItemsAheadMax + 1);
  pipe_.wait();
  EXPECT_EQ(count(**source, kItemsAheadMax), kItemsAheadMax);
  EXPECT_EQ(read(**source), "~");
  (*source)->settled_before(2 * kItemsAheadMax + 1);
  EXPECT_EQ(count(**source, UINT64_MAX), 25'000 - 2 * kItemsAheadMax - 1);
}

TEST_F(ReadAheadTest, StopsSixtyFourMebibytesAhead) {
  auto source = open_lines(pipe_.input(), {});
  constexpr std::size_t kLineBytes = std::size_t{1} << 20U;
  feed(100, kLineBytes);
  const std::uint64_t ahead = count(**source, 60);
  std::vector<SourceItem> some;
  EXPECT_GE(ahead, 60U);
  std::uint64_t more = 0;
  for (bool held = false; !held;) {
    some.clear();
    const auto state = (*source)->read(1, some);
    more += some.size();
    held = ahead + more >= 64 && some.empty();
    if (!held && some.empty()) pipe_.wait();
    ASSERT_EQ(*state == SourceState::end, false);
  }
  EXPECT_LE(ahead + more, 65U);
  (*source)->settled_before(ahead + more);
  EXPECT_EQ(count(**source, UINT64_MAX), 100 - ahead - more);
}

TEST_F(TextSourceTest, ReadsTheSpoolOfAnEarlierRunAsFarAsItGoes) {
  std::string lines;
  for (std::uint64_t i = 0; i < kItemsAheadMax + 5; ++i) lines += "x\n";
  {
    auto source = open_lines(pipe_.input(), {});
    pipe_.write(lines);
    std::vector<SourceItem> items;
    while (items.empty()) {
      ASSERT_TRUE((*source)->read(1, items));
      if (items.empty()) pipe_.wait();
    }
  }
  auto again = open_lines(pipe_.input_again(), {});
  std::vector<SourceItem> items;
  EXPECT_EQ(*(*again)->read(1'000'000, items), SourceState::end);
  EXPECT_EQ(items.size(), kItemsAheadMax + 5);
}

}  // namespace
}  // namespace penstock
