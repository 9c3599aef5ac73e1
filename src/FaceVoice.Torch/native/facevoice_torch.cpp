// The C ABI between FaceVoice.Torch and LibTorch.
//
// Every function returns 0, or an error code and leaves a short text for fv_last_error; no exception crosses the border.
// A tensor handle is the raw TensorImpl pointer and owns one reference. Optionals are never named: their type differs
// between LibTorch versions.
//
// Compiled against 1.13 (C++17); the parts that changed names during 2.x are chosen by TORCH_VERSION_*.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <malloc.h>

#include <atomic>
#include <cstring>
#include <string>
#include <vector>

#define FV_API extern "C" __attribute__((visibility("default")))

namespace {

// A training step takes and gives back the same large blocks each time. Handed to the system in between, their pages are
// faulted in and zeroed anew: a fifth of an x-vector step's processor time. Kept, they cost memory that the next step wants anyway.
__attribute__((constructor)) void keep_large_blocks() {
#ifdef __GLIBC__
  constexpr int kKept = 1 << 30;
  constexpr int kMostBeforeGlibc235 = 32 << 20;
  if (!mallopt(M_MMAP_THRESHOLD, kKept)) {
    mallopt(M_MMAP_THRESHOLD, kMostBeforeGlibc235);
  }
  mallopt(M_TRIM_THRESHOLD, kKept);
#endif
}

enum Tag : int32_t {
  kNone = 0,
  kTensor = 1,
  kInt = 2,
  kDouble = 3,
  kBool = 4,
  kIntList = 5,
  kDoubleList = 6,
  kBoolList = 7,
  kTensorList = 8,
  kString = 9,
  kDevice = 10,  // len: index or -1; i: c10::DeviceType
};

struct Argument {
  int32_t tag;
  int32_t len;
  union {
    int64_t i;
    double d;
    const void* p;
  };
};

struct TensorInfo {
  int64_t elements;
  int32_t dtype;
  int32_t dimensions;
  int32_t device_type;
  int32_t device_index;
  int32_t requires_grad;
  int32_t contiguous;
  int32_t leaf;
  int32_t element_size;
};

static_assert(sizeof(Argument) == 16, "the managed side lays out 16 bytes");
static_assert(sizeof(TensorInfo) == 40, "the managed side lays out 40 bytes");

using Handle = at::TensorImpl*;
using Reference = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>;

thread_local std::string last_error;
std::atomic<int64_t> live_handles{0};

at::Tensor borrow(Handle handle) {
  return at::Tensor(Reference::reclaim_copy(handle));
}

Handle own(at::Tensor tensor) {
  if (!tensor.defined()) {
    return nullptr;
  }
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return tensor.unsafeReleaseTensorImpl();
}

// What LibTorch says can run to fifty lines (every backend's registration site); people need the first sentence.
std::string first_sentence(std::string text) {
  for (const char* stop : {"\nException raised from", "\n\nCPU: registered at", ". 'aten::"}) {
    auto at = text.find(stop);
    if (at != std::string::npos) {
      text.resize(at);
    }
  }
  constexpr size_t kLongest = 600;
  if (text.size() > kLongest) {
    text.resize(kLongest);
    text += "...";
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

template <typename Body>
int32_t guarded(Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& error) {
    last_error = first_sentence(error.what_without_backtrace());
    return 1;
  } catch (const std::bad_alloc&) {
    last_error = "out of memory";
    return 2;
  } catch (const std::exception& error) {
    last_error = first_sentence(error.what());
    return 1;
  } catch (...) {
    last_error = "unknown native error";
    return 3;
  }
}

[[noreturn]] void refuse(const c10::Argument& parameter, const char* given) {
  throw std::invalid_argument(
      "argument '" + parameter.name() + "' wants " + parameter.type()->str() + " but was given " + given);
}

const char* tag_name(int32_t tag) {
  static const char* const names[] = {"nothing", "a tensor", "an integer", "a number", "a boolean", "a list of integers",
                                      "a list of numbers", "a list of booleans", "a list of tensors", "a string", "a device"};
  return tag >= 0 && tag <= kDevice ? names[tag] : "an unknown kind";
}

c10::IValue to_list(const Argument& a, const c10::TypePtr& element, const c10::Argument& parameter) {
  switch (element->kind()) {
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: {
      c10::List<int64_t> list;
      if (a.tag == kInt) {
        // One integer stands for all places of a list of fixed length (stride=1 for int[2] is [1, 1]).
        auto places = parameter.N();
        for (int32_t n = places ? *places : 1; n > 0; --n) {
          list.push_back(a.i);
        }
      } else if (a.tag == kIntList) {
        for (int32_t n = 0; n < a.len; ++n) {
          list.push_back(static_cast<const int64_t*>(a.p)[n]);
        }
      } else {
        refuse(parameter, tag_name(a.tag));
      }
      return list;
    }
    case c10::TypeKind::FloatType: {
      if (a.tag != kDoubleList) {
        refuse(parameter, tag_name(a.tag));
      }
      c10::List<double> list;
      for (int32_t n = 0; n < a.len; ++n) {
        list.push_back(static_cast<const double*>(a.p)[n]);
      }
      return list;
    }
    case c10::TypeKind::BoolType: {
      if (a.tag != kBoolList) {
        refuse(parameter, tag_name(a.tag));
      }
      c10::List<bool> list;
      for (int32_t n = 0; n < a.len; ++n) {
        list.push_back(static_cast<const uint8_t*>(a.p)[n] != 0);
      }
      return list;
    }
    case c10::TypeKind::TensorType: {
      if (a.tag != kTensorList) {
        refuse(parameter, tag_name(a.tag));
      }
      c10::List<at::Tensor> list;
      for (int32_t n = 0; n < a.len; ++n) {
        list.push_back(borrow(static_cast<const Handle*>(a.p)[n]));
      }
      return list;
    }
    case c10::TypeKind::OptionalType: {  // Tensor?[]: a null handle is an absent tensor
      if (a.tag != kTensorList) {
        refuse(parameter, tag_name(a.tag));
      }
      c10::impl::GenericList list(element);
      for (int32_t n = 0; n < a.len; ++n) {
        Handle handle = static_cast<const Handle*>(a.p)[n];
        list.push_back(handle ? c10::IValue(borrow(handle)) : c10::IValue());
      }
      return list;
    }
    default:
      refuse(parameter, tag_name(a.tag));
  }
}

c10::IValue to_value(const Argument& a, const c10::TypePtr& type, const c10::Argument& parameter) {
  switch (type->kind()) {
    case c10::TypeKind::OptionalType:
      if (a.tag == kNone || (a.tag == kTensor && !a.p)) {
        return {};
      }
      return to_value(a, type->containedTypes()[0], parameter);
    case c10::TypeKind::TensorType:
      if (a.tag == kTensor && a.p) {
        return borrow(static_cast<Handle>(const_cast<void*>(a.p)));
      }
      break;
    case c10::TypeKind::NumberType:
      if (a.tag == kInt) return a.i;
      if (a.tag == kDouble) return a.d;
      if (a.tag == kBool) return a.i != 0;
      break;
    case c10::TypeKind::FloatType:
      if (a.tag == kDouble) return a.d;
      if (a.tag == kInt) return static_cast<double>(a.i);
      break;
    case c10::TypeKind::BoolType:
      if (a.tag == kBool || a.tag == kInt) return a.i != 0;
      break;
    case c10::TypeKind::StringType:
      if (a.tag == kString) return std::string(static_cast<const char*>(a.p), a.len);
      break;
    case c10::TypeKind::DeviceObjType:
      if (a.tag == kDevice) {
        return c10::Device(static_cast<c10::DeviceType>(a.i), static_cast<c10::DeviceIndex>(a.len));
      }
      break;
    case c10::TypeKind::ListType:
      return to_list(a, type->containedTypes()[0], parameter);
    default:  // int and what the schema says as int: dtype, layout, memory format
      if (a.tag == kInt || a.tag == kBool) return a.i;
      break;
  }
  refuse(parameter, tag_name(a.tag));
}

void flatten(const c10::IValue& value, std::vector<Handle>& handles) {
  if (value.isTensor()) {
    handles.push_back(own(value.toTensor()));
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) {
      handles.push_back(own(tensor));
    }
  } else if (value.isScalar()) {
    handles.push_back(own(at::scalar_tensor(value.toScalar())));
  } else if (value.isNone()) {
    handles.push_back(nullptr);
  } else {
    throw std::invalid_argument("returns " + value.tagKind() + ", which the binding does not carry");
  }
}

void release_all(std::vector<Handle>& handles) {
  for (Handle handle : handles) {
    if (handle) {
      live_handles.fetch_sub(1, std::memory_order_relaxed);
      Reference::reclaim(handle);
    }
  }
}

at::Tensor over_host(const void* data, int32_t dtype, const int64_t* sizes, int32_t dimensions) {
  return at::from_blob(
      const_cast<void*>(data),
      at::IntArrayRef(sizes, dimensions),
      at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
}

bool is_cuda(int32_t device_type) {
  return static_cast<c10::DeviceType>(device_type) == c10::DeviceType::CUDA;
}

at::Generator generator(int32_t device_type, int32_t device_index) {
  return at::globalContext().defaultGenerator(
      c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index)));
}

}  // namespace

FV_API const char* fv_last_error() { return last_error.c_str(); }

FV_API const char* fv_version() { return TORCH_VERSION; }

FV_API int64_t fv_live_handles() { return live_handles.load(std::memory_order_relaxed); }

// ---- operators ------------------------------------------------------------------------------------------------------

FV_API int32_t fv_operator_find(const char* name, const char* overload, void** op) {
  return guarded([&] { *op = new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)); });
}

// Missing trailing arguments take the schema's defaults, which also absorbs arguments that later versions append.
FV_API int32_t fv_operator_call(
    void* op, const Argument* arguments, int32_t given, Handle* results, int32_t capacity, int32_t* count) {
  return guarded([&] {
    const auto& handle = *static_cast<c10::OperatorHandle*>(op);
    const auto& parameters = handle.schema().arguments();
    if (static_cast<size_t>(given) > parameters.size()) {
      throw std::invalid_argument(
          "takes " + std::to_string(parameters.size()) + " arguments but was given " + std::to_string(given));
    }
    std::vector<c10::IValue> stack;
    stack.reserve(parameters.size());
    for (size_t n = 0; n < parameters.size(); ++n) {
      const auto& parameter = parameters[n];
      if (n < static_cast<size_t>(given)) {
        stack.push_back(to_value(arguments[n], parameter.type(), parameter));
        continue;
      }
      const auto& fallback = parameter.default_value();
      if (!fallback) {
        throw std::invalid_argument("argument '" + parameter.name() + "' is missing");
      }
      stack.push_back(*fallback);
    }
    handle.callBoxed(&stack);
    std::vector<Handle> handles;
    for (const c10::IValue& value : stack) {
      flatten(value, handles);
    }
    *count = static_cast<int32_t>(handles.size());
    if (handles.size() > static_cast<size_t>(capacity)) {
      release_all(handles);
      throw std::length_error("returns more tensors than the caller made room for");
    }
    std::copy(handles.begin(), handles.end(), results);
  });
}

// ---- tensors --------------------------------------------------------------------------------------------------------

FV_API void fv_tensor_free(Handle tensor) {
  live_handles.fetch_sub(1, std::memory_order_relaxed);
  Reference::reclaim(tensor);
}

FV_API int32_t fv_tensor_from_host(
    const void* data, int32_t dtype, const int64_t* sizes, int32_t dimensions, Handle* result) {
  return guarded([&] { *result = own(over_host(data, dtype, sizes, dimensions).clone()); });
}

// Copies out in row-major order whatever the strides and the device; bytes must be exactly the tensor's size.
FV_API int32_t fv_tensor_to_host(Handle tensor, void* data, int64_t bytes) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    at::Tensor source = borrow(tensor).detach().cpu().contiguous();
    int64_t available = source.numel() * static_cast<int64_t>(source.element_size());
    if (available != bytes) {
      throw std::length_error(
          "the tensor holds " + std::to_string(available) + " bytes but the buffer " + std::to_string(bytes));
    }
    if (bytes > 0) {
      std::memcpy(data, source.data_ptr(), bytes);
    }
  });
}

FV_API int32_t fv_tensor_copy_from_host(Handle tensor, const void* data, int64_t bytes) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    at::Tensor target = borrow(tensor);
    int64_t room = target.numel() * static_cast<int64_t>(target.element_size());
    if (room != bytes) {
      throw std::length_error("the tensor holds " + std::to_string(room) + " bytes but the buffer " + std::to_string(bytes));
    }
    auto sizes = target.sizes();
    target.copy_(over_host(data, static_cast<int32_t>(target.scalar_type()), sizes.data(), static_cast<int32_t>(sizes.size())));
  });
}

FV_API int32_t fv_tensor_info(Handle tensor, TensorInfo* info) {
  return guarded([&] {
    at::Tensor t = borrow(tensor);
    info->elements = t.numel();
    info->dtype = static_cast<int32_t>(t.scalar_type());
    info->dimensions = static_cast<int32_t>(t.dim());
    info->device_type = static_cast<int32_t>(t.device().type());
    info->device_index = t.device().index();
    info->requires_grad = t.requires_grad();
    info->contiguous = t.is_contiguous();
    info->leaf = t.is_leaf();
    info->element_size = static_cast<int32_t>(t.element_size());
  });
}

FV_API int32_t fv_tensor_layout(Handle tensor, int64_t* sizes, int64_t* strides) {
  return guarded([&] {
    at::Tensor t = borrow(tensor);
    for (int64_t n = 0; n < t.dim(); ++n) {
      sizes[n] = t.size(n);
      strides[n] = t.stride(n);
    }
  });
}

FV_API int32_t fv_tensor_item(Handle tensor, double* as_double, int64_t* as_integer) {
  return guarded([&] {
    at::Scalar value = borrow(tensor).item();
    if (value.isFloatingPoint()) {
      *as_double = value.toDouble();
      *as_integer = 0;
    } else {
      *as_integer = value.toLong();
      *as_double = static_cast<double>(*as_integer);
    }
  });
}

// The address of the elements; counts as a write, so that autograd notices values it had saved.
FV_API int32_t fv_tensor_write_pointer(Handle tensor, void** data) {
  return guarded([&] {
    at::Tensor t = borrow(tensor);
    *data = t.data_ptr();
    tensor->bump_version();
  });
}

FV_API int32_t fv_tensor_read_pointer(Handle tensor, void** data) {
  return guarded([&] { *data = borrow(tensor).data_ptr(); });
}

FV_API int32_t fv_tensor_set_data(Handle tensor, Handle data) {
  return guarded([&] { borrow(tensor).set_data(borrow(data)); });
}

// ---- autograd -------------------------------------------------------------------------------------------------------

FV_API int32_t fv_tensor_set_requires_grad(Handle tensor, int32_t value) {
  return guarded([&] { borrow(tensor).set_requires_grad(value != 0); });
}

FV_API int32_t fv_tensor_grad(Handle tensor, Handle* grad) {
  return guarded([&] { *grad = own(borrow(tensor).grad()); });
}

FV_API int32_t fv_tensor_set_grad(Handle tensor, Handle grad) {
  return guarded([&] { borrow(tensor).mutable_grad() = grad ? borrow(grad) : at::Tensor(); });
}

FV_API int32_t fv_tensor_retain_grad(Handle tensor) {
  return guarded([&] { borrow(tensor).retain_grad(); });
}

FV_API int32_t fv_tensor_backward(Handle tensor, Handle gradient, int32_t retain_graph, int32_t create_graph) {
  return guarded([&] {
    borrow(tensor).backward(gradient ? borrow(gradient) : at::Tensor(), retain_graph != 0, create_graph != 0);
  });
}

FV_API int32_t fv_grad_enabled() { return at::GradMode::is_enabled(); }

FV_API void fv_set_grad_enabled(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }

FV_API int32_t fv_inference_mode_enter(int32_t enabled, void** guard) {
  return guarded([&] { *guard = new c10::InferenceMode(enabled != 0); });
}

FV_API void fv_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// ---- random numbers, threads, devices -------------------------------------------------------------------------------

FV_API int32_t fv_manual_seed(int64_t seed) {
  return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

FV_API int32_t fv_rng_get_state(int32_t device_type, int32_t device_index, Handle* state) {
  return guarded([&] {
    at::Generator source = generator(device_type, device_index);
    std::lock_guard<std::mutex> lock(source.mutex());
    *state = own(source.get_state());
  });
}

FV_API int32_t fv_rng_set_state(int32_t device_type, int32_t device_index, Handle state) {
  return guarded([&] {
    at::Generator target = generator(device_type, device_index);
    std::lock_guard<std::mutex> lock(target.mutex());
    target.set_state(borrow(state));
  });
}

FV_API int32_t fv_get_num_threads() { return at::get_num_threads(); }

FV_API int32_t fv_set_num_threads(int32_t threads) {
  return guarded([&] { at::set_num_threads(threads); });
}

FV_API int32_t fv_cuda_device_count() {
  int32_t devices = 0;
  guarded([&] { devices = torch::cuda::is_available() ? static_cast<int32_t>(torch::cuda::device_count()) : 0; });
  return devices;
}

FV_API int32_t fv_cuda_synchronize(int32_t device_index) {
  return guarded([&] { torch::cuda::synchronize(device_index); });
}

FV_API int32_t fv_set_deterministic(int32_t enabled) {
  return guarded([&] { at::globalContext().setDeterministicAlgorithms(enabled != 0, true); });
}

// TF32 lets Hopper-class devices run float32 matrix products on their tensor cores with 10 mantissa bits.
FV_API int32_t fv_set_allow_tf32(int32_t enabled) {
  return guarded([&] {
    at::globalContext().setAllowTF32CuBLAS(enabled != 0);
    at::globalContext().setAllowTF32CuDNN(enabled != 0);
  });
}

// ---- autocast -------------------------------------------------------------------------------------------------------

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
#define FV_AUTOCAST_BY_DEVICE 1
#endif

// State of one kind of device on this thread, so that the caller can put back what it found.
FV_API int32_t fv_autocast_get(int32_t device_type, int32_t* enabled, int32_t* dtype) {
  return guarded([&] {
#ifdef FV_AUTOCAST_BY_DEVICE
    auto device = static_cast<c10::DeviceType>(device_type);
    *enabled = at::autocast::is_autocast_enabled(device);
    *dtype = static_cast<int32_t>(at::autocast::get_autocast_dtype(device));
#else
    *enabled = is_cuda(device_type) ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
    *dtype = static_cast<int32_t>(
        is_cuda(device_type) ? at::autocast::get_autocast_gpu_dtype() : at::autocast::get_autocast_cpu_dtype());
#endif
  });
}

FV_API int32_t fv_autocast_set(int32_t device_type, int32_t enabled, int32_t dtype) {
  return guarded([&] {
    auto type = static_cast<at::ScalarType>(dtype);
#ifdef FV_AUTOCAST_BY_DEVICE
    auto device = static_cast<c10::DeviceType>(device_type);
    at::autocast::set_autocast_enabled(device, enabled != 0);
    at::autocast::set_autocast_dtype(device, type);
#else
    if (is_cuda(device_type)) {
      at::autocast::set_enabled(enabled != 0);
      at::autocast::set_autocast_gpu_dtype(type);
    } else {
      at::autocast::set_cpu_enabled(enabled != 0);
      at::autocast::set_autocast_cpu_dtype(type);
    }
#endif
  });
}

// Nested like Python's context manager: the cache of cast weights dies with the outermost region.
FV_API void fv_autocast_enter() { at::autocast::increment_nesting(); }

FV_API void fv_autocast_leave() {
  if (at::autocast::decrement_nesting() == 0) {
    at::autocast::clear_cache();
  }
}
