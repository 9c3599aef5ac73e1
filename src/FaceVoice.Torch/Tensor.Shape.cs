namespace FaceVoice.Torch;

/// <content>Shape, selection, conversion, filling.</content>
public partial class Tensor
{
    private const int MostParts = 4096;

    /// <summary>The transposed matrix.</summary>
    public Tensor t() => Operators.T.Call(this);

    /// <summary>The tensor in row-major order: itself if it is already.</summary>
    public Tensor contiguous() => Operators.Contiguous.Call(this);

    /// <summary>A copy, recorded by autograd.</summary>
    public Tensor clone() => Operators.Clone.Call(this);

    /// <summary>Drops the dimensions of size 1.</summary>
    public Tensor squeeze() => Operators.Squeeze.Call(this);

    /// <summary>The diagonal of a matrix, or a matrix with this diagonal.</summary>
    public Tensor diag() => Operators.Diag.Call(this);

    /// <summary>The indices of the elements that are not 0, one row each.</summary>
    public Tensor nonzero() => Operators.Nonzero.Call(this);

    /// <summary>Swaps two dimensions; shares the elements.</summary>
    /// <param name="dim0">One dimension.</param>
    /// <param name="dim1">The other.</param>
    public Tensor transpose(long dim0, long dim1) => Operators.TransposeInt.Call(this, dim0, dim1);

    /// <summary>Reorders the dimensions; shares the elements.</summary>
    /// <param name="dims">The dimensions; negative counts from the last.</param>
    public Tensor permute(params long[] dims) => Operators.Permute.Call(this, dims);

    /// <summary>The same elements in another shape; the layout must allow it.</summary>
    /// <param name="sizes">The new size of each dimension; -1 keeps or infers it.</param>
    public Tensor view(params long[] sizes) => Operators.View.Call(this, sizes);

    /// <summary>The same elements in another shape, copied if need be.</summary>
    /// <param name="sizes">The new size of each dimension; -1 keeps or infers it.</param>
    public Tensor reshape(params long[] sizes) => Operators.Reshape.Call(this, sizes);

    /// <summary>Joins dimensions into one.</summary>
    /// <param name="start_dim">The first dimension to join.</param>
    /// <param name="end_dim">The last dimension to join.</param>
    public Tensor flatten(long start_dim = 0, long end_dim = -1) => Operators.FlattenUsingInts.Call(this, start_dim, end_dim);

    /// <summary>Drops a dimension if its size is 1.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    public Tensor squeeze(long dim) => Operators.SqueezeDim.Call(this, dim);

    /// <summary>Adds a dimension of size 1.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    public Tensor unsqueeze(long dim) => Operators.Unsqueeze.Call(this, dim);

    /// <summary>Repeats dimensions of size 1 without copying.</summary>
    /// <param name="sizes">The new size of each dimension; -1 keeps or infers it.</param>
    public Tensor expand(params long[] sizes) => Operators.Expand.Call(this, sizes);

    /// <summary>Repeats dimensions of size 1 to fit another tensor, without copying.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor expand_as(Tensor other) => Operators.ExpandAs.Call(this, other);

    /// <summary>Repeats the tensor along each dimension.</summary>
    /// <param name="repeats">How often along each dimension.</param>
    public Tensor repeat(params long[] repeats) => Operators.Repeat.Call(this, repeats);

    /// <summary>One slice along a dimension, which disappears; shares the elements.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    public Tensor select(long dim, long index) => Operators.SelectInt.Call(this, dim, index);

    /// <summary>A range along a dimension; shares the elements.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="length">How many.</param>
    public Tensor narrow(long dim, long start, long length) => Operators.Narrow.Call(this, dim, start, length);

    /// <summary>A range along a dimension with a step; shares the elements.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="end">Where to stop, exclusive.</param>
    /// <param name="step">The distance between those taken.</param>
    public Tensor slice(long dim, long start, long end, long step = 1) => Operators.SliceTensor.Call(this, dim, start, end, step);

    /// <summary>The slices with the given indices, in their order.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    public Tensor index_select(long dim, Tensor index) => Operators.IndexSelect.Call(this, dim, index);

    /// <summary>Picks elements along a dimension, one for each index.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    public Tensor gather(long dim, Tensor index) => Operators.Gather.Call(this, dim, index);

    /// <summary>A copy with elements put at the given indices.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    /// <param name="source">Where the elements come from; broadcast.</param>
    public Tensor scatter(long dim, Tensor index, Tensor source) => Operators.ScatterSrc.Call(this, dim, index, source);

    /// <summary>A copy with a number put at the given indices.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    /// <param name="value">The number.</param>
    public Tensor scatter(long dim, Tensor index, Scalar value) => Operators.ScatterValue.Call(this, dim, index, value);

    /// <summary>Puts elements at the given indices.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    /// <param name="source">Where the elements come from; broadcast.</param>
    /// <returns>This tensor.</returns>
    public Tensor scatter_(long dim, Tensor index, Tensor source)
    {
        Operators.ScatterSrcInPlace.CallInPlace(this, dim, index, source);
        return this;
    }

    /// <summary>Puts a number at the given indices.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor scatter_(long dim, Tensor index, Scalar value)
    {
        Operators.ScatterValueInPlace.CallInPlace(this, dim, index, value);
        return this;
    }

    /// <summary>Overwrites the slices with the given indices.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    /// <param name="source">Where the elements come from; broadcast.</param>
    /// <returns>This tensor.</returns>
    public Tensor index_copy_(long dim, Tensor index, Tensor source)
    {
        Operators.IndexCopyInPlace.CallInPlace(this, dim, index, source);
        return this;
    }

    /// <summary>Adds to the slices with the given indices.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index or indices (Int64).</param>
    /// <param name="source">Where the elements come from; broadcast.</param>
    /// <returns>This tensor.</returns>
    public Tensor index_add_(long dim, Tensor index, Tensor source)
    {
        Operators.IndexAddInPlace.CallInPlace(this, dim, index, source);
        return this;
    }

    /// <summary>A copy with a number where the mask is true.</summary>
    /// <param name="mask">A Bool tensor; broadcast.</param>
    /// <param name="value">The number.</param>
    public Tensor masked_fill(Tensor mask, Scalar value) => Operators.MaskedFillScalar.Call(this, mask, value);

    /// <summary>Puts a number where the mask is true.</summary>
    /// <param name="mask">A Bool tensor; broadcast.</param>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor masked_fill_(Tensor mask, Scalar value)
    {
        Operators.MaskedFillScalarInPlace.CallInPlace(this, mask, value);
        return this;
    }

    /// <summary>The elements where the mask is true, as a vector.</summary>
    /// <param name="mask">A Bool tensor; broadcast.</param>
    public Tensor masked_select(Tensor mask) => Operators.MaskedSelect.Call(this, mask);

    /// <summary>Cuts into parts along a dimension; they share the elements.</summary>
    /// <param name="chunks">How many parts.</param>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    public Tensor[] chunk(long chunks, long dim = 0) => Operators.Chunk.CallMany(MostParts, this, chunks, dim)!;

    /// <summary>Cuts into parts of a size along a dimension; they share the elements.</summary>
    /// <param name="split_size">The size of each part; the last may be smaller.</param>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    public Tensor[] split(long split_size, long dim = 0) => Operators.SplitTensor.CallMany(MostParts, this, split_size, dim)!;

    /// <summary>Cuts into slices along a dimension, which disappears.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    public Tensor[] unbind(long dim = 0) => Operators.UnbindInt.CallMany(MostParts, this, dim)!;

    /// <summary>Overlapping windows along a dimension, as a new last dimension; shares the elements.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="size">The length of a window.</param>
    /// <param name="step">The distance between those taken.</param>
    public Tensor unfold(long dim, long size, long step) => Operators.Unfold.Call(this, dim, size, step);

    /// <summary>Turns the order along dimensions.</summary>
    /// <param name="dims">The dimensions; negative counts from the last.</param>
    public Tensor flip(params long[] dims) => Operators.Flip.Call(this, dims);

    /// <summary>Rotates along a dimension.</summary>
    /// <param name="shifts">How far.</param>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    public Tensor roll(long shifts, long dim) => Operators.Roll.Call(this, new[] { shifts }, new[] { dim });

    /// <summary>A diagonal of the first two dimensions; shares the elements.</summary>
    /// <param name="diagonal">Which diagonal; 0 is the main one.</param>
    public Tensor diagonal(long diagonal = 0) => Operators.Diagonal.Call(this, diagonal);

    /// <summary>The lower triangle; the rest is 0.</summary>
    /// <param name="diagonal">Which diagonal; 0 is the main one.</param>
    public Tensor tril(long diagonal = 0) => Operators.Tril.Call(this, diagonal);

    /// <summary>The upper triangle; the rest is 0.</summary>
    /// <param name="diagonal">Which diagonal; 0 is the main one.</param>
    public Tensor triu(long diagonal = 0) => Operators.Triu.Call(this, diagonal);

    /// <summary>Overwrites the elements with another tensor's, converting type and device.</summary>
    /// <param name="source">Where the elements come from; broadcast.</param>
    /// <param name="non_blocking">Whether the copy may overlap with other work.</param>
    /// <returns>This tensor.</returns>
    public Tensor copy_(Tensor source, bool non_blocking = false)
    {
        Operators.CopyInPlace.CallInPlace(this, source, non_blocking);
        return this;
    }

    /// <summary>Sets every element to a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor fill_(Scalar value)
    {
        Operators.FillScalarInPlace.CallInPlace(this, value);
        return this;
    }

    /// <summary>Sets every element to 0.</summary>
    /// <returns>This tensor.</returns>
    public Tensor zero_()
    {
        Operators.ZeroInPlace.CallInPlace(this);
        return this;
    }

    /// <summary>Fills with normal random numbers.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="std">The standard deviation.</param>
    /// <returns>This tensor.</returns>
    public Tensor normal_(double mean = 0, double std = 1)
    {
        Operators.NormalInPlace.CallInPlace(this, mean, std);
        return this;
    }

    /// <summary>Fills with uniform random numbers.</summary>
    /// <param name="from">The lower bound.</param>
    /// <param name="to">The upper bound.</param>
    /// <returns>This tensor.</returns>
    public Tensor uniform_(double from = 0, double to = 1)
    {
        Operators.UniformInPlace.CallInPlace(this, from, to);
        return this;
    }

    /// <summary>Fills with 1 at the given probability, else 0.</summary>
    /// <param name="p">The order of the norm, or a probability.</param>
    /// <returns>This tensor.</returns>
    public Tensor bernoulli_(double p = 0.5)
    {
        Operators.BernoulliFloatInPlace.CallInPlace(this, p);
        return this;
    }


    /// <summary>Converts the elements: the tensor itself if it has the type already.</summary>
    /// <param name="type">The element type of the result.</param>
    public Tensor to(ScalarType type) => Operators.ToDtype.Call(this, type);

    /// <summary>Converts the elements: the tensor itself if it has the type already.</summary>
    /// <param name="type">The element type of the result.</param>
    public Tensor to_type(ScalarType type) => to(type);

    /// <summary>Moves to a device: the tensor itself if it is there already.</summary>
    /// <param name="device">Where to.</param>
    /// <exception cref="TorchException">The device is a GPU and this LibTorch sees none.</exception>
    public Tensor to(Device device)
    {
        torch.RequireDevice(device);
        return Operators.ToDevice.Call(this, device, dtype);
    }

    /// <summary>Moves to the CPU.</summary>
    public Tensor cpu() => to(torch.CPU);

    /// <summary>Moves to the current GPU.</summary>
    /// <exception cref="TorchException">This LibTorch sees no GPU.</exception>
    public Tensor cuda() => to(torch.CUDA);

    /// <summary>Converts to single precision.</summary>
    public Tensor @float() => to(ScalarType.Float32);

    /// <summary>Converts to double precision.</summary>
    public Tensor @double() => to(ScalarType.Float64);

    /// <summary>Converts to 64-bit integers.</summary>
    public Tensor @long() => to(ScalarType.Int64);

    /// <summary>Converts to truth values.</summary>
    public Tensor @bool() => to(ScalarType.Bool);
}
