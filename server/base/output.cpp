#include "base/output.hpp"

#include <algorithm>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace dunlin {

namespace {

using detail::output_link;

struct shared_link : output_link {
  shared_bytes owner;
};

std::size_t length_of(const output_link& link) { return static_cast<std::size_t>(link.end - link.begin); }

std::uint8_t* room_of(output_link* chunk) { return reinterpret_cast<std::uint8_t*>(chunk + 1); }

// Pages of their own: from the heap, a chunk given back would stay resident between what lies beside it.
void* take_pages() {
  void* at = ::mmap(nullptr, chunk_pool::chunk_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  return at;
}

// False: the system wants to keep count of no more holes; the chunk stays.
bool give_pages(output_link* chunk) { return ::munmap(chunk, chunk_pool::chunk_size) == 0; }

}  // namespace

chunk_pool::~chunk_pool() {
  DUNLIN_CHECK(borrowed_ == 0);
  while (free_ != nullptr) give_pages(std::exchange(free_, free_->next));
}

void chunk_pool::trim() {
  for (std::size_t n = (least_free_ + 1) / 2; n > 0; --n) {
    output_link* const next = free_->next;
    if (!give_pages(free_)) break;
    free_ = next;
    --free_count_;
  }
  least_free_ = free_count_;
}

void chunk_pool::grow() {
  output_link* const chunk = new (take_pages()) output_link;
  chunk->limit = reinterpret_cast<std::uint8_t*>(chunk) + chunk_size;
  keep(chunk);
}

void chunk_pool::give_up(output_link* chunk) {
  if (!give_pages(chunk)) keep(chunk);
}

output& output::operator=(output&& other) noexcept {
  if (this != &other) {
    clear();
    pool_ = other.pool_;
    head_ = std::exchange(other.head_, nullptr);
    tail_ = std::exchange(other.tail_, nullptr);
  }
  return *this;
}

void output::add_chunk() {
  if (pool_->free_chunks() == 0) [[unlikely]] {
    return add_new_chunk();
  }
  output_link* const chunk = pool_->borrow();
  chunk->next = nullptr;
  chunk->begin = chunk->end = room_of(chunk);
  (tail_ == nullptr ? head_ : tail_->next) = chunk;
  tail_ = chunk;
}

void output::add_new_chunk() {
  pool_->grow();
  add_chunk();
}

void output::append_slowly(byte_span data) {
  while (!data.empty()) {
    if (tail_ == nullptr || tail_->end == tail_->limit) add_chunk();
    const auto n = std::min(data.size(), static_cast<std::size_t>(tail_->limit - tail_->end));
    std::memcpy(tail_->end, data.data(), n);
    tail_->end += n;
    data = data.subspan(n);
  }
}

void output::append_shared(const shared_bytes& body, std::size_t offset, std::size_t length) {
  DUNLIN_CHECK(offset <= body->size() && length <= body->size() - offset);
  if (length <= shared_above) {
    append(byte_span(*body).subspan(offset, length));
    return;
  }
  auto* link = new shared_link;
  link->owner = body;
  link->begin = body->data() + offset;
  link->end = const_cast<std::uint8_t*>(link->begin) + length;  // never written through: there is no room
  link->limit = link->end;
  link->reference = true;
  (tail_ == nullptr ? head_ : tail_->next) = link;
  tail_ = link;
}

std::size_t output::gather(std::span<iovec> into) const {
  std::size_t used = 0;
  for (const output_link* link = head_; link != nullptr && used < into.size(); link = link->next) {
    if (link->begin == link->end) continue;
    into[used++] = {const_cast<std::uint8_t*>(link->begin), length_of(*link)};
  }
  return used;
}

void output::drop_head() {
  output_link* const link = std::exchange(head_, head_->next);
  if (head_ == nullptr) tail_ = nullptr;
  give_back(link);
}

void output::drop_reference(output_link* link) { delete static_cast<shared_link*>(link); }

void output::consume(std::size_t n) {
  while (head_ != nullptr && n >= length_of(*head_)) {
    n -= length_of(*head_);
    drop_head();
  }
  if (n == 0) return;
  DUNLIN_CHECK(head_ != nullptr);
  head_->begin += n;
}

void output::clear() {
  while (head_ != nullptr) drop_head();
}

}  // namespace dunlin
