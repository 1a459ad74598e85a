#include "http/content_encoder.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>

namespace plughost::http {
namespace {

constexpr std::array<std::string_view, 2> kCodings = {"zstd", "gzip"};

constexpr std::size_t kPiece = 16 * 1024;

int to_zlib(ContentEncoder::Then then) {
  if (then == ContentEncoder::Then::go_on) return Z_NO_FLUSH;
  return then == ContentEncoder::Then::flush ? Z_SYNC_FLUSH : Z_FINISH;
}

ZSTD_EndDirective to_zstd(ContentEncoder::Then then) {
  if (then == ContentEncoder::Then::go_on) return ZSTD_e_continue;
  return then == ContentEncoder::Then::flush ? ZSTD_e_flush : ZSTD_e_end;
}

class GzipEncoder final : public ContentEncoder {
 public:
  GzipEncoder() {
    constexpr int kLevel = 5;
    constexpr int kGzip = 16 + MAX_WBITS;
    constexpr int kMemoryLevel = 8;
    is_made_ = ::deflateInit2(&stream_, kLevel, Z_DEFLATED, kGzip, kMemoryLevel,
                              Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipEncoder() override { ::deflateEnd(&stream_); }

  bool is_made() const { return is_made_; }

  bool encode(std::string_view bytes, Then then, std::string& out) override {
    std::array<char, kPiece> piece;
    do {
      const auto part = bytes.substr(0, UINT_MAX);
      bytes.remove_prefix(part.size());
      stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(part.data()));
      stream_.avail_in = static_cast<uInt>(part.size());
      const int flush = bytes.empty() ? to_zlib(then) : Z_NO_FLUSH;
      do {
        stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream_.avail_out = static_cast<uInt>(piece.size());
        ::deflate(&stream_, flush);
        out.append(piece.data(), piece.size() - stream_.avail_out);
      } while (stream_.avail_out == 0);
    } while (!bytes.empty());
    return true;
  }

  void reset() override { ::deflateReset(&stream_); }

 private:
  z_stream stream_{};
  bool is_made_ = false;
};

class ZstdEncoder final : public ContentEncoder {
 public:
  ZstdEncoder() : context_(::ZSTD_createCCtx()) {
    // A receiver needs a window of that size, too; browsers take up to 8 MiB (RFC 9659).
    constexpr int kWindowBits = 18;
    if (context_ != nullptr) {
      ::ZSTD_CCtx_setParameter(context_, ZSTD_c_windowLog, kWindowBits);
    }
  }
  ~ZstdEncoder() override { ::ZSTD_freeCCtx(context_); }

  bool is_made() const { return context_ != nullptr; }

  bool encode(std::string_view bytes, Then then, std::string& out) override {
    std::array<char, kPiece> piece;
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    for (;;) {
      ZSTD_outBuffer output{piece.data(), piece.size(), 0};
      const std::size_t left = ::ZSTD_compressStream2(context_, &output, &input, to_zstd(then));
      if (::ZSTD_isError(left) != 0) return false;
      out.append(piece.data(), output.pos);
      const bool took_all = input.pos == input.size && output.pos < output.size;
      if (left == 0 || (then == Then::go_on && took_all)) return true;
    }
  }

  void reset() override { ::ZSTD_CCtx_reset(context_, ZSTD_reset_session_only); }

 private:
  ZSTD_CCtx* const context_;
};

template <typename Encoder>
std::unique_ptr<ContentEncoder> make_encoder() {
  auto encoder = std::make_unique<Encoder>();
  return encoder->is_made() ? std::move(encoder) : nullptr;
}

}  // namespace

std::span<const std::string_view> content_codings() { return kCodings; }

std::unique_ptr<ContentEncoder> ContentEncoder::make(std::string_view coding) {
  return coding == "zstd" ? make_encoder<ZstdEncoder>() : make_encoder<GzipEncoder>();
}

ContentEncoder* shared_encoder(std::string_view coding) {
  thread_local std::array<std::unique_ptr<ContentEncoder>, kCodings.size()> encoders;
  const auto known = std::find(kCodings.begin(), kCodings.end(), coding);
  auto& encoder = encoders[static_cast<std::size_t>(known - kCodings.begin())];
  if (encoder == nullptr) encoder = ContentEncoder::make(coding);
  if (encoder != nullptr) encoder->reset();
  return encoder.get();
}

}  // namespace plughost::http
