// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/pipe_stream.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "sources/pipes.h"
#include "sources/reading.h"

namespace penstock::sources {
namespace {

class PipeStreamTest : public ::testing::Test {
 protected:
  std::unique_ptr<PipeStream> open() {
    auto stream = PipeStream::open(pipe_.input());
    EXPECT_TRUE(stream);
    return std::move(*stream);
  }

  // Reads `bytes` bytes, or to the end. An error stands behind what came before it.
  std::string read(PipeStream& stream, std::size_t bytes = SIZE_MAX) const {
    std::string text;
    std::vector<char> room(1000);
    while (text.size() < bytes) {
      const auto count =
          stream.read(std::span(room).first(std::min(room.size(), bytes - text.size())));
      if (!count) return text + "!" + count.error().kind;
      if (*count && **count == 0) break;
      if (*count) text.append(room.data(), **count);
      if (!*count) pipe_.wait();
    }
    return text;
  }

  std::string spooled() const {
    std::ifstream file(spool_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Inputs inputs_;
  const std::string spool_ = inputs_.path("stdin.spool");
  TestPipe pipe_{spool_};
};

TEST_F(PipeStreamTest, GivesWhatThePipeGives) {
  const auto stream = open();
  EXPECT_FALSE(*stream->read(std::span<char>()));
  pipe_.write("hello ");
  EXPECT_EQ(read(*stream, 6), "hello ");
  pipe_.write("world");
  pipe_.close();
  EXPECT_EQ(read(*stream), "world");
  EXPECT_FALSE(stream->incomplete());
}

TEST_F(PipeStreamTest, HasInItsSpoolWhatItGives) {
  const auto stream = open();
  pipe_.write("hello");
  EXPECT_EQ(read(*stream, 2), "he");
  EXPECT_NE(spooled().find("hello"), std::string::npos);
  EXPECT_TRUE(stream->sync());
}

TEST_F(PipeStreamTest, ReadsItsSpoolTheNextTime) {
  {
    const auto stream = open();
    pipe_.write("hello");
    pipe_.close();
    EXPECT_EQ(read(*stream), "hello");
  }
  const auto again = PipeStream::open(pipe_.input_again());
  ASSERT_TRUE(again);
  EXPECT_FALSE((*again)->is_live());
  EXPECT_EQ(read(**again), "hello");
  EXPECT_FALSE((*again)->incomplete());
}

TEST_F(PipeStreamTest, SaysWhenTheRestIsLost) {
  {
    const auto stream = open();
    pipe_.write("hello");
    EXPECT_EQ(read(*stream, 5), "hello");
  }
  const auto again = PipeStream::open(pipe_.input_again());
  EXPECT_EQ(read(**again), "hello");
  EXPECT_TRUE((*again)->incomplete());
}

TEST_F(PipeStreamTest, ReadsAPipeOnIfNothingCameBefore) {
  { const auto stream = open(); }
  TestPipe another(spool_);
  const auto again = PipeStream::open(another.input());
  EXPECT_TRUE((*again)->is_live());
  another.close();
}

TEST_F(PipeStreamTest, ReadsARegularFile) {
  const std::string file = inputs_.write("input", std::string(300'000, 'x'));
  auto input = pipe_.input();
  os::Fd(input.fd).reset();
  input.fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const auto stream = PipeStream::open(input);
  EXPECT_EQ(read(**stream), std::string(300'000, 'x'));
}

TEST_F(PipeStreamTest, StopsReadingFarAhead) {
  const auto stream = open();
  constexpr std::size_t kBytes = std::size_t{8} << 20U;
  std::thread writer([&] {
    for (std::size_t written = 0; written < kBytes; written += 4096) {
      pipe_.write(std::string(4096, 'x'));
    }
    pipe_.close();
  });
  // The writer cannot end before something is read: 1 MiB, a block and the pipe's own 64 KiB.
  std::string text = read(*stream, 1);
  EXPECT_LT(std::filesystem::file_size(spool_), std::size_t{2} << 20U);
  text += read(*stream);
  writer.join();
  EXPECT_EQ(text.size(), kBytes);
}

TEST_F(PipeStreamTest, GivesAnErrorAfterWhatCameBefore) {
  auto input = pipe_.input();
  os::Fd(input.fd).reset();
  input.fd = ::open(inputs_.path("").c_str(), O_RDONLY | O_CLOEXEC);  // A folder cannot be read.
  const auto stream = PipeStream::open(input);
  ASSERT_TRUE(stream);
  EXPECT_EQ(read(**stream), "!system.EISDIR");
}

TEST_F(PipeStreamTest, NeedsAPipeOrASpool) {
  const auto stream = PipeStream::open(pipe_.input_again());
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, "input.missing");
}

TEST_F(PipeStreamTest, NoticesASpoolThatIsChangedUnderneath) {
  const auto stream = open();
  pipe_.write("hello");
  pipe_.wait();
  inputs_.write("stdin.spool", "penstock spool1\nsomething else");
  EXPECT_EQ(read(*stream), "!input.spool");
}

}  // namespace
}  // namespace penstock::sources
