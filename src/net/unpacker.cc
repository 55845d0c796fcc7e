// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One class for each library; what they have in common is that output comes in pieces of a bounded
// size, so that limits are checked long before a bomb has gone off.
#include "net/unpacker.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <string>

namespace penstock::net {
namespace {

constexpr std::size_t kPieceBytes = 16 << 10;
constexpr int kZstdWindowLogMax = 23;  // RFC 9659: 8 MiB for HTTP.
using Piece = std::array<char, kPieceBytes>;

Error broken(const char* coding) {
  return {Errc::rejected, std::string("a body that is no ") + coding, "body.encoding", Sent::yes};
}

/// gzip of any number of members, and what HTTP calls deflate: zlib, or by mistake raw.
class Zlib final : public Coding {
 public:
  enum class Format : std::uint8_t { gzip, deflate };

  explicit Zlib(Format format) : format_(format) {
    ::inflateInit2(&stream_, format == Format::gzip ? MAX_WBITS + 16 : MAX_WBITS);
  }
  ~Zlib() override { ::inflateEnd(&stream_); }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  Result<bool> feed(std::string_view packed, const Sink& sink) override {
    if (format_ == Format::deflate && !chosen_) return choose(packed, sink);
    return inflate(packed, sink);
  }

  bool is_complete() const noexcept override { return ended_; }

 private:
  // The first two bytes of zlib are a multiple of 31 and name the method 8.
  Result<bool> choose(std::string_view packed, const Sink& sink) {
    beginning_.append(packed);
    if (beginning_.size() < 2) return true;
    chosen_ = true;
    const unsigned first = static_cast<unsigned char>(beginning_[0]);
    const unsigned both = first * 256 + static_cast<unsigned char>(beginning_[1]);
    if ((first & 15U) != 8 || both % 31 != 0) ::inflateReset2(&stream_, -MAX_WBITS);
    return inflate(std::exchange(beginning_, {}), sink);
  }

  Result<bool> inflate(std::string_view packed, const Sink& sink) {
    Piece piece;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    do {
      if (ended_ && !begins_member()) return true;
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = kPieceBytes;
      const int code = ::inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
        return broken(format_ == Format::gzip ? "gzip" : "deflate");
      }
      ended_ = code == Z_STREAM_END;
      const std::size_t made = kPieceBytes - stream_.avail_out;
      if (made > 0 && !sink({piece.data(), made})) return false;
      if (code == Z_BUF_ERROR) return true;
    } while (stream_.avail_in > 0 || stream_.avail_out == 0);
    return true;
  }

  // Behind the end of a member: another one, or bytes that nobody needs.
  bool begins_member() {
    if (format_ != Format::gzip || stream_.avail_in == 0 || *stream_.next_in != 0x1f) return false;
    ::inflateReset(&stream_);
    ended_ = false;
    return true;
  }

  const Format format_;
  z_stream stream_{};
  std::string beginning_;
  bool chosen_ = false;
  bool ended_ = false;
};

class Zstd final : public Coding {
 public:
  Zstd() { ::ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax); }

  Result<bool> feed(std::string_view packed, const Sink& sink) override {
    Piece piece;
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    for (bool is_full = true; in.pos < in.size || is_full;) {
      ZSTD_outBuffer out{piece.data(), piece.size(), 0};
      const std::size_t left = ::ZSTD_decompressStream(stream_.get(), &out, &in);
      if (::ZSTD_isError(left) != 0) return broken("zstd");
      ended_ = left == 0;
      is_full = out.pos == out.size;
      if (out.pos > 0 && !sink({piece.data(), out.pos})) return false;
      if (ended_ && in.pos == in.size) return true;
    }
    return true;
  }

  bool is_complete() const noexcept override { return ended_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* stream) const noexcept { ::ZSTD_freeDCtx(stream); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> stream_{::ZSTD_createDCtx()};
  bool ended_ = false;
};

class Brotli final : public Coding {
 public:
  Result<bool> feed(std::string_view packed, const Sink& sink) override {
    const auto* next = reinterpret_cast<const std::uint8_t*>(packed.data());
    std::size_t left = packed.size();
    while (!is_complete()) {
      std::size_t no_room = 0;
      const auto state =
          ::BrotliDecoderDecompressStream(stream_.get(), &left, &next, &no_room, nullptr, nullptr);
      if (state == BROTLI_DECODER_RESULT_ERROR) return broken("br");
      std::size_t made = kPieceBytes;
      const std::uint8_t* piece = ::BrotliDecoderTakeOutput(stream_.get(), &made);
      if (made > 0 && !sink({reinterpret_cast<const char*>(piece), made})) return false;
      if (state == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT && made == 0) return true;
    }
    return true;
  }

  bool is_complete() const noexcept override {
    return ::BrotliDecoderIsFinished(stream_.get()) == BROTLI_TRUE;
  }

 private:
  struct Free {
    void operator()(BrotliDecoderState* s) const noexcept { ::BrotliDecoderDestroyInstance(s); }
  };
  std::unique_ptr<BrotliDecoderState, Free> stream_{
      ::BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
};

/// Null: none that is known.
std::unique_ptr<Coding> make_coding(std::string_view name) {
  if (name == "gzip" || name == "x-gzip") return std::make_unique<Zlib>(Zlib::Format::gzip);
  if (name == "deflate") return std::make_unique<Zlib>(Zlib::Format::deflate);
  if (name == "zstd") return std::make_unique<Zstd>();
  if (name == "br") return std::make_unique<Brotli>();
  return nullptr;
}

std::string plain_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c == ' ' || c == '\t') continue;
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return name;
}

}  // namespace

Result<Unpacker> Unpacker::for_codings(std::string_view content_encoding) {
  Unpacker unpacker;
  for (std::size_t begin = 0; begin < content_encoding.size();) {
    const std::size_t end = std::min(content_encoding.find(',', begin), content_encoding.size());
    const std::string name = plain_name(content_encoding.substr(begin, end - begin));
    begin = end + 1;
    if (name.empty() || name == "identity") continue;
    if (unpacker.codings_.size() == kCodingsMax) return broken("body: more than five codings");
    auto coding = make_coding(name);
    if (!coding) return broken("known coding");
    unpacker.codings_.push_back(std::move(coding));
  }
  std::reverse(unpacker.codings_.begin(), unpacker.codings_.end());
  return unpacker;
}

Result<bool> Unpacker::feed(std::string_view packed, const Coding::Sink& sink) {
  began_ = began_ || !packed.empty();
  return feed_from(0, packed, sink);
}

Result<bool> Unpacker::feed_from(std::size_t coding, std::string_view packed,
                                 const Coding::Sink& sink) {
  if (coding == codings_.size()) return sink(packed);
  Status inner = ok();
  auto fed = codings_[coding]->feed(packed, [&](std::string_view piece) {
    auto next = feed_from(coding + 1, piece, sink);
    if (!next) inner = std::move(next.error());
    return next && *next;
  });
  if (!inner) return std::move(inner.error());
  return fed;
}

bool Unpacker::is_complete() const noexcept {
  return !began_ || std::all_of(codings_.begin(), codings_.end(),
                                [](const auto& coding) { return coding->is_complete(); });
}

}  // namespace penstock::net
