#pragma once

#include <cstddef>

namespace plughost::python::pool {

/// An anonymous file of which the first bytes are mapped, to be shared with another process.
///
/// Rationale: passed by descriptor it leaves nothing behind in /dev/shm after a kill -9.
///
/// Owner:   each process its own descriptor and mapping.
/// Errors:  the constructors throw std::system_error. The mapped bytes exist from then on: touching
///          them cannot fail for want of memory.
class SharedMemory final {
 public:
  /// Makes one, filled with zeros.
  explicit SharedMemory(std::size_t mapped_bytes);
  /// Takes over a descriptor that this process inherited.
  SharedMemory(int fd, std::size_t mapped_bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  int fd() const { return fd_; }
  /// At the start of the mapping.
  void* data() const { return data_; }

 private:
  void map();

  int fd_;
  std::size_t mapped_bytes_;
  void* data_ = nullptr;
};

}  // namespace plughost::python::pool
