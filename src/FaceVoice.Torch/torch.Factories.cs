namespace FaceVoice.Torch;

/// <content>Making tensors.</content>
public static partial class torch
{
    /// <summary>Makes a vector of single precision on the CPU; the values are copied.</summary>
    /// <param name="values">The elements.</param>
    public static Tensor tensor(params ReadOnlySpan<float> values) => Tensor.FromHost(values, [values.Length]);

    /// <summary>Makes a tensor of single precision; the values are copied.</summary>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static Tensor tensor(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, Device? device = null, bool requires_grad = false) =>
        Finish(Tensor.FromHost(values, shape), device, requires_grad);

    /// <summary>Makes a scalar tensor of single precision on the CPU.</summary>
    /// <param name="value">Its element.</param>
    public static Tensor scalar_tensor(float value) => Tensor.FromHost<float>([value], []);

    /// <summary>Makes a vector of double precision on the CPU; the values are copied.</summary>
    /// <param name="values">The elements.</param>
    public static Tensor tensor(params ReadOnlySpan<double> values) => Tensor.FromHost(values, [values.Length]);

    /// <summary>Makes a tensor of double precision; the values are copied.</summary>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static Tensor tensor(ReadOnlySpan<double> values, ReadOnlySpan<long> shape, Device? device = null, bool requires_grad = false) =>
        Finish(Tensor.FromHost(values, shape), device, requires_grad);

    /// <summary>Makes a scalar tensor of double precision on the CPU.</summary>
    /// <param name="value">Its element.</param>
    public static Tensor scalar_tensor(double value) => Tensor.FromHost<double>([value], []);

    /// <summary>Makes a vector of 64-bit integers on the CPU; the values are copied.</summary>
    /// <param name="values">The elements.</param>
    public static Tensor tensor(params ReadOnlySpan<long> values) => Tensor.FromHost(values, [values.Length]);

    /// <summary>Makes a tensor of 64-bit integers; the values are copied.</summary>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static Tensor tensor(ReadOnlySpan<long> values, ReadOnlySpan<long> shape, Device? device = null, bool requires_grad = false) =>
        Finish(Tensor.FromHost(values, shape), device, requires_grad);

    /// <summary>Makes a scalar tensor of 64-bit integers on the CPU.</summary>
    /// <param name="value">Its element.</param>
    public static Tensor scalar_tensor(long value) => Tensor.FromHost<long>([value], []);

    /// <summary>Makes a vector of 32-bit integers on the CPU; the values are copied.</summary>
    /// <param name="values">The elements.</param>
    public static Tensor tensor(params ReadOnlySpan<int> values) => Tensor.FromHost(values, [values.Length]);

    /// <summary>Makes a tensor of 32-bit integers; the values are copied.</summary>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static Tensor tensor(ReadOnlySpan<int> values, ReadOnlySpan<long> shape, Device? device = null, bool requires_grad = false) =>
        Finish(Tensor.FromHost(values, shape), device, requires_grad);

    /// <summary>Makes a scalar tensor of 32-bit integers on the CPU.</summary>
    /// <param name="value">Its element.</param>
    public static Tensor scalar_tensor(int value) => Tensor.FromHost<int>([value], []);

    /// <summary>Makes a vector of bytes on the CPU; the values are copied.</summary>
    /// <param name="values">The elements.</param>
    public static Tensor tensor(params ReadOnlySpan<byte> values) => Tensor.FromHost(values, [values.Length]);

    /// <summary>Makes a tensor of bytes; the values are copied.</summary>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static Tensor tensor(ReadOnlySpan<byte> values, ReadOnlySpan<long> shape, Device? device = null, bool requires_grad = false) =>
        Finish(Tensor.FromHost(values, shape), device, requires_grad);

    /// <summary>Makes a scalar tensor of bytes on the CPU.</summary>
    /// <param name="value">Its element.</param>
    public static Tensor scalar_tensor(byte value) => Tensor.FromHost<byte>([value], []);

    /// <summary>Makes a vector of truth values on the CPU; the values are copied.</summary>
    /// <param name="values">The elements.</param>
    public static Tensor tensor(params ReadOnlySpan<bool> values) => Tensor.FromHost(values, [values.Length]);

    /// <summary>Makes a tensor of truth values; the values are copied.</summary>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static Tensor tensor(ReadOnlySpan<bool> values, ReadOnlySpan<long> shape, Device? device = null, bool requires_grad = false) =>
        Finish(Tensor.FromHost(values, shape), device, requires_grad);

    /// <summary>Makes a scalar tensor of truth values on the CPU.</summary>
    /// <param name="value">Its element.</param>
    public static Tensor scalar_tensor(bool value) => Tensor.FromHost<bool>([value], []);

    /// <summary>Makes a tensor of zeros.</summary>
    /// <param name="size">The size of each dimension.</param>
    public static Tensor zeros(params ReadOnlySpan<long> size) => zeros(size, null);

    /// <summary>Makes a tensor of zeros.</summary>
    /// <param name="size">The size of each dimension.</param>
    /// <param name="dtype">The element type; single precision if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    public static Tensor zeros(ReadOnlySpan<long> size, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        RequireDevice(device);
        return Finish(Operators.Zeros.Call(size.ToArray(), dtype, Argument.None, device), null, requires_grad);
    }

    /// <summary>Makes a tensor of ones.</summary>
    /// <param name="size">The size of each dimension.</param>
    public static Tensor ones(params ReadOnlySpan<long> size) => ones(size, null);

    /// <summary>Makes a tensor of ones.</summary>
    /// <param name="size">The size of each dimension.</param>
    /// <param name="dtype">The element type; single precision if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    public static Tensor ones(ReadOnlySpan<long> size, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        RequireDevice(device);
        return Finish(Operators.Ones.Call(size.ToArray(), dtype, Argument.None, device), null, requires_grad);
    }

    /// <summary>Makes a tensor of uniform random numbers in [0, 1).</summary>
    /// <param name="size">The size of each dimension.</param>
    public static Tensor rand(params ReadOnlySpan<long> size) => rand(size, null);

    /// <summary>Makes a tensor of uniform random numbers in [0, 1).</summary>
    /// <param name="size">The size of each dimension.</param>
    /// <param name="dtype">The element type; single precision if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    public static Tensor rand(ReadOnlySpan<long> size, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        RequireDevice(device);
        return Finish(Operators.Rand.Call(size.ToArray(), dtype, Argument.None, device), null, requires_grad);
    }

    /// <summary>Makes a tensor of standard normal random numbers.</summary>
    /// <param name="size">The size of each dimension.</param>
    public static Tensor randn(params ReadOnlySpan<long> size) => randn(size, null);

    /// <summary>Makes a tensor of standard normal random numbers.</summary>
    /// <param name="size">The size of each dimension.</param>
    /// <param name="dtype">The element type; single precision if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    public static Tensor randn(ReadOnlySpan<long> size, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        RequireDevice(device);
        return Finish(Operators.Randn.Call(size.ToArray(), dtype, Argument.None, device), null, requires_grad);
    }

    /// <summary>Makes a tensor whose elements are left as they come.</summary>
    /// <param name="size">The size of each dimension.</param>
    public static Tensor empty(params ReadOnlySpan<long> size) => empty(size, null);

    /// <summary>Makes a tensor whose elements are left as they come.</summary>
    /// <param name="size">The size of each dimension.</param>
    /// <param name="dtype">The element type; single precision if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    /// <param name="requires_grad">Whether gradients are wanted.</param>
    public static Tensor empty(ReadOnlySpan<long> size, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        RequireDevice(device);
        return Finish(Operators.EmptyMemoryFormat.Call(size.ToArray(), dtype, Argument.None, device), null, requires_grad);
    }

    /// <summary>Makes a tensor of zeros with another's shape, type and device.</summary>
    /// <param name="input">The example.</param>
    public static Tensor zeros_like(Tensor input) => Operators.ZerosLike.Call(input);

    /// <summary>Makes a tensor of ones with another's shape, type and device.</summary>
    /// <param name="input">The example.</param>
    public static Tensor ones_like(Tensor input) => Operators.OnesLike.Call(input);

    /// <summary>Makes a tensor whose elements are left as they come with another's shape, type and device.</summary>
    /// <param name="input">The example.</param>
    public static Tensor empty_like(Tensor input) => Operators.EmptyLike.Call(input);

    /// <summary>Makes a tensor of uniform random numbers in [0, 1) with another's shape, type and device.</summary>
    /// <param name="input">The example.</param>
    public static Tensor rand_like(Tensor input) => Operators.RandLike.Call(input);

    /// <summary>Makes a tensor of standard normal random numbers with another's shape, type and device.</summary>
    /// <param name="input">The example.</param>
    public static Tensor randn_like(Tensor input) => Operators.RandnLike.Call(input);

    /// <summary>Makes a tensor of one value with another's shape, type and device.</summary>
    /// <param name="input">The example.</param>
    /// <param name="value">Every element.</param>
    public static Tensor full_like(Tensor input, Scalar value) => Operators.FullLike.Call(input, value);

    /// <summary>Makes a tensor of one value.</summary>
    /// <param name="size">The size of each dimension.</param>
    /// <param name="value">Every element.</param>
    /// <param name="dtype">The element type; the value's own if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    public static Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null)
    {
        RequireDevice(device);
        return Operators.Full.Call(size.ToArray(), value, dtype, Argument.None, device);
    }

    /// <summary>Makes the numbers from 0 up to an end.</summary>
    /// <param name="end">Where to stop, exclusive.</param>
    /// <param name="dtype">The element type; the scalars' own if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    public static Tensor arange(Scalar end, ScalarType? dtype = null, Device? device = null) => arange(0, end, 1, dtype, device);

    /// <summary>Makes the numbers from a start up to an end.</summary>
    /// <param name="start">The first.</param>
    /// <param name="end">Where to stop, exclusive.</param>
    /// <param name="step">The distance between two.</param>
    /// <param name="dtype">The element type; the scalars' own if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    public static Tensor arange(Scalar start, Scalar end, Scalar step, ScalarType? dtype = null, Device? device = null)
    {
        RequireDevice(device);
        return Operators.ArangeStartStep.Call(start, end, step, dtype, Argument.None, device);
    }

    /// <summary>Makes evenly spaced numbers, both ends included.</summary>
    /// <param name="start">The first.</param>
    /// <param name="end">The last.</param>
    /// <param name="steps">How many.</param>
    /// <param name="dtype">The element type; single precision if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    public static Tensor linspace(Scalar start, Scalar end, long steps, ScalarType? dtype = null, Device? device = null)
    {
        RequireDevice(device);
        return Operators.Linspace.Call(start, end, steps, dtype, Argument.None, device);
    }

    /// <summary>Makes a unit matrix.</summary>
    /// <param name="n">The number of rows.</param>
    /// <param name="dtype">The element type; single precision if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    public static Tensor eye(long n, ScalarType? dtype = null, Device? device = null)
    {
        RequireDevice(device);
        return Operators.Eye.Call(n, dtype, Argument.None, device);
    }

    /// <summary>Makes random integers.</summary>
    /// <param name="low">The smallest.</param>
    /// <param name="high">One more than the largest.</param>
    /// <param name="size">The size of each dimension.</param>
    /// <param name="dtype">The element type; Int64 if null.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    public static Tensor randint(long low, long high, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null)
    {
        RequireDevice(device);
        return Operators.RandintLow.Call(low, high, size.ToArray(), dtype ?? ScalarType.Int64, Argument.None, device);
    }

    /// <summary>Makes a random order of the numbers from 0 to n - 1.</summary>
    /// <param name="n">How many.</param>
    /// <param name="device">Where it lives; the CPU if null.</param>
    public static Tensor randperm(long n, Device? device = null)
    {
        RequireDevice(device);
        return Operators.Randperm.Call(n, ScalarType.Int64, Argument.None, device);
    }

    /// <summary>Draws 1 with the probability in each element, else 0.</summary>
    /// <param name="input">Probabilities.</param>
    public static Tensor bernoulli(Tensor input) => Operators.Bernoulli.Call(input);

    /// <summary>Draws indices in proportion to the weights in each row.</summary>
    /// <param name="input">Weights, not negative.</param>
    /// <param name="num_samples">How many draws a row.</param>
    /// <param name="replacement">Whether one index can come twice.</param>
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false) =>
        Operators.Multinomial.Call(input, num_samples, replacement);

    private static Tensor Finish(Tensor tensor, Device? device, bool requiresGrad)
    {
        Tensor placed = device is null ? tensor : tensor.to(device);
        if (!ReferenceEquals(placed, tensor))
        {
            tensor.Dispose();
        }

        return requiresGrad ? placed.requires_grad_() : placed;
    }
}
