namespace FaceVoice.Torch;

/// <content>Sums, extremes, norms, order.</content>
public partial class Tensor
{
    /// <summary>The sum of all elements.</summary>
    public Tensor sum() => Operators.Sum.Call(this);

    /// <summary>The sum along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    /// <param name="dtype">The element type of the result.</param>
    public Tensor sum(long dim, bool keepdim = false, ScalarType? dtype = null) => Operators.SumDimIntList.Call(this, new[] { dim }, keepdim, dtype);

    /// <summary>The sum along several dimensions.</summary>
    /// <param name="dims">The dimensions; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    /// <param name="dtype">The element type of the result.</param>
    public Tensor sum(long[] dims, bool keepdim = false, ScalarType? dtype = null) => Operators.SumDimIntList.Call(this, dims, keepdim, dtype);

    /// <summary>The mean of all elements.</summary>
    public Tensor mean() => Operators.Mean.Call(this);

    /// <summary>The mean along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    /// <param name="dtype">The element type of the result.</param>
    public Tensor mean(long dim, bool keepdim = false, ScalarType? dtype = null) => Operators.MeanDim.Call(this, new[] { dim }, keepdim, dtype);

    /// <summary>The mean along several dimensions.</summary>
    /// <param name="dims">The dimensions; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    /// <param name="dtype">The element type of the result.</param>
    public Tensor mean(long[] dims, bool keepdim = false, ScalarType? dtype = null) => Operators.MeanDim.Call(this, dims, keepdim, dtype);

    /// <summary>The variance of all elements.</summary>
    /// <param name="unbiased">Whether to divide by N - 1 rather than N.</param>
    public Tensor var(bool unbiased = true) => Operators.Var.Call(this, unbiased);

    /// <summary>The variance along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="unbiased">Whether to divide by N - 1 rather than N.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor var(long dim, bool unbiased = true, bool keepdim = false) => Operators.VarDim.Call(this, new[] { dim }, unbiased, keepdim);

    /// <summary>The standard deviation of all elements.</summary>
    /// <param name="unbiased">Whether to divide by N - 1 rather than N.</param>
    public Tensor std(bool unbiased = true) => Operators.Std.Call(this, unbiased);

    /// <summary>The standard deviation along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="unbiased">Whether to divide by N - 1 rather than N.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor std(long dim, bool unbiased = true, bool keepdim = false) => Operators.StdDim.Call(this, new[] { dim }, unbiased, keepdim);

    /// <summary>The largest element.</summary>
    public Tensor max() => Operators.Max.Call(this);

    /// <summary>The largest elements along a dimension, and where they are.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
    {
        Tensor?[] results = Operators.MaxDim.CallMany(2, this, dim, keepdim);
        return (results[0]!, results[1]!);
    }

    /// <summary>The smallest element.</summary>
    public Tensor min() => Operators.Min.Call(this);

    /// <summary>The smallest elements along a dimension, and where they are.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
    {
        Tensor?[] results = Operators.MinDim.CallMany(2, this, dim, keepdim);
        return (results[0]!, results[1]!);
    }

    /// <summary>The largest element along a dimension; equal ones share the gradient.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor amax(long dim, bool keepdim = false) => Operators.Amax.Call(this, new[] { dim }, keepdim);

    /// <summary>The smallest element along a dimension; equal ones share the gradient.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor amin(long dim, bool keepdim = false) => Operators.Amin.Call(this, new[] { dim }, keepdim);

    /// <summary>The flat index of the largest element.</summary>
    public Tensor argmax() => Operators.Argmax.Call(this);

    /// <summary>The index of the largest element along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor argmax(long dim, bool keepdim = false) => Operators.Argmax.Call(this, dim, keepdim);

    /// <summary>The flat index of the smallest element.</summary>
    public Tensor argmin() => Operators.Argmin.Call(this);

    /// <summary>The index of the smallest element along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor argmin(long dim, bool keepdim = false) => Operators.Argmin.Call(this, dim, keepdim);

    /// <summary>The product of all elements.</summary>
    public Tensor prod() => Operators.Prod.Call(this);

    /// <summary>log(sum(exp(x))) along a dimension, safe for large elements.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor logsumexp(long dim, bool keepdim = false) => Operators.Logsumexp.Call(this, new[] { dim }, keepdim);

    /// <summary>exp(x) / sum(exp(x)) along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="dtype">The element type of the result.</param>
    public Tensor softmax(long dim, ScalarType? dtype = null) => Operators.SoftmaxInt.Call(this, dim, dtype);

    /// <summary>The logarithm of <see cref="softmax"/>, safe for large elements.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="dtype">The element type of the result.</param>
    public Tensor log_softmax(long dim, ScalarType? dtype = null) => Operators.LogSoftmaxInt.Call(this, dim, dtype);

    /// <summary>Running sums along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="dtype">The element type of the result.</param>
    public Tensor cumsum(long dim, ScalarType? dtype = null) => Operators.Cumsum.Call(this, dim, dtype);

    /// <summary>The norm of all elements; Euclidean unless told otherwise.</summary>
    /// <param name="p">The order of the norm, or a probability.</param>
    public Tensor norm(Scalar? p = null) => Operators.NormScalar.Call(this, p ?? 2);

    /// <summary>The norm along a dimension; Euclidean unless told otherwise.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    /// <param name="p">The order of the norm, or a probability.</param>
    public Tensor norm(long dim, bool keepdim = false, Scalar? p = null) => Operators.NormScalarOptDim.Call(this, p ?? 2, new[] { dim }, keepdim);

    /// <summary>Sorts along a dimension; also gives where each element was.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="descending">Largest first.</param>
    public (Tensor values, Tensor indexes) sort(long dim = -1, bool descending = false)
    {
        Tensor?[] results = Operators.Sort.CallMany(2, this, dim, descending);
        return (results[0]!, results[1]!);
    }

    /// <summary>The indices that would sort along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="descending">Largest first.</param>
    public Tensor argsort(long dim = -1, bool descending = false) => Operators.Argsort.Call(this, dim, descending);

    /// <summary>The largest (or smallest) elements along a dimension, and where they are.</summary>
    /// <param name="k">How many.</param>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="largest">Whether the largest rather than the smallest.</param>
    /// <param name="sorted">Whether in order.</param>
    public (Tensor values, Tensor indexes) topk(long k, long dim = -1, bool largest = true, bool sorted = true)
    {
        Tensor?[] results = Operators.Topk.CallMany(2, this, k, dim, largest, sorted);
        return (results[0]!, results[1]!);
    }

    /// <summary>The lower median of all elements.</summary>
    public Tensor median() => Operators.Median.Call(this);

    /// <summary>The number of elements that are not 0.</summary>
    public Tensor count_nonzero() => Operators.CountNonzero.Call(this);
}
