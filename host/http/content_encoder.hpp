#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace plughost::http {

/// The content codings that the host can apply (RFC 9110 section 8.4.1), the best first.
std::span<const std::string_view> content_codings();

/// Encodes one body, given in pieces.
///
/// Threads: one at a time.
/// Errors:  false: there is no memory; that ends its use.
/// Limits:  gzip takes 270 KB, zstd up to 1 MB, by the first byte.
class ContentEncoder {
 public:
  enum class Then {
    go_on,
    flush,   ///< the receiver can decode all of it so far
    finish,  ///< nothing follows
  };

  /// One of content_codings(); null: there is no memory.
  static std::unique_ptr<ContentEncoder> make(std::string_view coding);

  ContentEncoder() = default;
  ContentEncoder(const ContentEncoder&) = delete;
  ContentEncoder& operator=(const ContentEncoder&) = delete;
  virtual ~ContentEncoder() = default;

  /// Appends what bytes become to out.
  virtual bool encode(std::string_view bytes, Then then, std::string& out) = 0;
  /// Another body follows.
  virtual void reset() = 0;
};

/// This thread's encoder for whole bodies, whose memory it keeps; null: there is no memory. reset()
/// was called.
ContentEncoder* shared_encoder(std::string_view coding);

}  // namespace plughost::http
