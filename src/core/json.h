// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON that is read without losing anything: numbers keep the text they came with. It never
// converts a number on the way, never reorders members, and never recurses on behalf of a caller.
//
// A Document is a compact copy of the text and a tape with one entry a value, in reading order:
//
//     {"a":[1,"x"]}   ->   object  "a"  array  1  "x"      each entry: kind, slice, where to skip
//     to
//
// so that a Node is two words and walking never allocates.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

/// The name as it stands in messages: "array".
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;

struct Limits {
  std::size_t depth = 64;                ///< Nested arrays and objects; at most 500 are possible.
  std::size_t bytes = 64 * 1024 * 1024;  ///< Of the text; at most 256 MiB are possible.
};

class Document;
class Elements;
class Members;

/// A borrowed view of one value. Valid as long as its Document lives and is not moved from.
class Node {
 public:
  [[nodiscard]] Kind kind() const noexcept;
  [[nodiscard]] bool is(Kind wanted) const noexcept { return kind() == wanted; }

  /// The value's compact text: a number as it came, a string with its quotes and escapes.
  [[nodiscard]] std::string_view raw() const noexcept;

  /// A string decoded; anything else as raw().
  [[nodiscard]] std::string_view text() const noexcept;

  /// Elements of an array, members of an object (repeated keys counted again), else 0.
  [[nodiscard]] std::size_t size() const noexcept;

  /// The member of this name; of repeated keys the last. Nothing if there is none, or no object.
  [[nodiscard]] std::optional<Node> member(std::string_view name) const noexcept;

  /// The element at this place, from 0. Nothing past the end, or if this is no array.
  [[nodiscard]] std::optional<Node> element(std::size_t index) const noexcept;

  /// What a JSON pointer names, from here: "" is this value, "/a/0" an element of its member "a".
  /// Nothing if it is missing or the pointer is malformed (check_pointer() tells which).
  /// Source: RFC 6901.
  [[nodiscard]] std::optional<Node> at(std::string_view pointer) const;

  /// Of an array, in order; empty for anything else.
  [[nodiscard]] Elements elements() const noexcept;

  /// Of an object, in order, repeated keys included; empty for anything else.
  [[nodiscard]] Members members() const noexcept;

  /// The number if it is written as an integer and fits.
  [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;

  /// The number as the nearest double; infinite when it is beyond the range.
  [[nodiscard]] std::optional<double> number() const noexcept;

  /// The boolean, if it is one.
  [[nodiscard]] std::optional<bool> boolean() const noexcept;

  friend bool operator==(const Node&, const Node&) noexcept = default;

 private:
  friend class Document;
  friend class Elements;
  friend class Members;
  Node(const Document* document, std::uint32_t index) noexcept
      : document_(document), index_(index) {}
  std::uint32_t after() const noexcept;  // The tape index behind this value and all in it.

  const Document* document_;
  std::uint32_t index_;
};

struct Member {
  std::string_view name;  ///< Decoded.
  Node value;
};

/// A text that was found to be JSON. Moves are cheap; nodes do not survive them.
///
/// Shape: one value in UTF-8; a leading byte order mark is passed over. Strings are stored in one
/// spelling (shortest escapes, no \u where UTF-8 will do), so equal strings have equal bytes.
/// Threads: any, read only.
class Document {
 public:
  Document();  ///< The value null.

  /// Errors: invalid, with the byte offset in the message: "json.syntax" (also invalid UTF-8 and
  /// lone surrogates), "json.depth", "json.size".
  [[nodiscard]] static Result<Document> parse(std::string_view text, Limits limits = {});

  [[nodiscard]] Node root() const noexcept { return {this, 0}; }

  /// The whole text without insignificant white space.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// How many members are hidden by a later one of the same name. Walks the document.
  [[nodiscard]] std::size_t count_hidden_members() const;

 private:
  friend class Node;
  friend class TapeBuilder;

  // Of a container, `next` is the entry behind it and `count` its size. Of a string that had
  // escapes, they are place and length of its decoded form in decoded_.
  struct Entry {
    std::uint32_t begin;  // The raw text, in text_.
    std::uint32_t end;
    std::uint32_t next;
    std::uint32_t count : 28;
    std::uint32_t kind : 3;
    std::uint32_t escaped : 1;
  };
  static_assert(sizeof(Entry) == 16, "one value costs one entry of the tape");

  std::string text_;
  std::string decoded_;
  std::vector<Entry> tape_;  // Never empty. An object's entry is followed by key, value, key, ...
};

/// The elements of an array, for a range-based for.
class Elements {
 public:
  class Iterator {
   public:
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = void;
    using reference = Node;

    Node operator*() const noexcept { return node_; }
    Iterator& operator++() noexcept {
      node_.index_ = node_.after();
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) noexcept = default;

   private:
    friend class Elements;
    explicit Iterator(Node node) noexcept : node_(node) {}
    Node node_;
  };

  [[nodiscard]] Iterator begin() const noexcept { return begin_; }
  [[nodiscard]] Iterator end() const noexcept { return end_; }

 private:
  friend class Node;
  Elements(Node begin, Node end) noexcept : begin_(begin), end_(end) {}
  Iterator begin_;
  Iterator end_;
};

/// The members of an object, for a range-based for.
class Members {
 public:
  class Iterator {
   public:
    using value_type = Member;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = void;
    using reference = Member;

    Member operator*() const noexcept {
      return {key_.text(), Node(key_.document_, key_.index_ + 1)};
    }
    Iterator& operator++() noexcept {
      key_.index_ = Node(key_.document_, key_.index_ + 1).after();
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) noexcept = default;

   private:
    friend class Members;
    explicit Iterator(Node key) noexcept : key_(key) {}
    Node key_;
  };

  [[nodiscard]] Iterator begin() const noexcept { return begin_; }
  [[nodiscard]] Iterator end() const noexcept { return end_; }

 private:
  friend class Node;
  Members(Node begin, Node end) noexcept : begin_(begin), end_(end) {}
  Iterator begin_;
  Iterator end_;
};

/// Whether this is a JSON pointer at all. Errors: invalid ("json.pointer"), with the reason.
[[nodiscard]] Status check_pointer(std::string_view pointer);

/// The parts of a pointer, unescaped: "/a~1b/0" gives "a/b", "0". REQUIRES: check_pointer() is ok.
[[nodiscard]] std::vector<std::string> pointer_parts(std::string_view pointer);

}  // namespace penstock::json
