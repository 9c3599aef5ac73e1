namespace FaceVoice.Torch;

/// <content>Operations on several tensors.</content>
public static partial class torch
{
    /// <summary>Joins tensors along a dimension that they have.</summary>
    /// <param name="tensors">Tensors of one shape except along the dimension.</param>
    /// <param name="dim">The dimension.</param>
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Operators.Cat.Call(tensors, dim);

    /// <summary>Joins tensors along a new dimension.</summary>
    /// <param name="tensors">Tensors of one shape.</param>
    /// <param name="dim">Where the new dimension goes.</param>
    public static Tensor stack(Tensor[] tensors, long dim = 0) => Operators.Stack.Call(tensors, dim);

    /// <summary>Picks from two tensors by a condition.</summary>
    /// <param name="condition">Bool.</param>
    /// <param name="x">Taken where true.</param>
    /// <param name="y">Taken where false.</param>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Operators.WhereSelf.Call(condition, x, y);

    /// <summary>Picks from a tensor or takes a number, by a condition.</summary>
    /// <param name="condition">Bool.</param>
    /// <param name="x">Taken where true.</param>
    /// <param name="y">The number where false.</param>
    public static Tensor where(Tensor condition, Tensor x, Scalar y) => Operators.WhereScalarOther.Call(condition, x, y);

    /// <summary>Takes a number or picks from a tensor, by a condition.</summary>
    /// <param name="condition">Bool.</param>
    /// <param name="x">The number where true.</param>
    /// <param name="y">Taken where false.</param>
    public static Tensor where(Tensor condition, Scalar x, Tensor y) => Operators.WhereScalarSelf.Call(condition, x, y);

    /// <summary>Sums products by Einstein's notation.</summary>
    /// <param name="equation">Such as <c>bi,bj-&gt;bij</c>.</param>
    /// <param name="tensors">The factors.</param>
    public static Tensor einsum(string equation, params Tensor[] tensors) => Operators.Einsum.Call(equation, tensors);

    /// <summary>The matrix product over the last two dimensions; earlier ones broadcast.</summary>
    /// <param name="input">The left factor.</param>
    /// <param name="other">The right factor.</param>
    public static Tensor matmul(Tensor input, Tensor other) => Operators.Matmul.Call(input, other);

    /// <summary>The distances between the rows of two matrices.</summary>
    /// <param name="x1">Rows [.., P, M].</param>
    /// <param name="x2">Rows [.., R, M].</param>
    /// <param name="p">The order of the norm.</param>
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2) => Operators.Cdist.Call(x1, x2, p);

    /// <summary>A complex tensor as pairs of real numbers in a new last dimension; shares the elements.</summary>
    /// <param name="input">A complex tensor.</param>
    public static Tensor view_as_real(Tensor input) => Operators.ViewAsReal.Call(input);

    /// <summary>Fourier transforms.</summary>
    public static class fft
    {
        /// <summary>The discrete Fourier transform of real numbers: n / 2 + 1 complex bins, unscaled.</summary>
        /// <param name="input">Real numbers.</param>
        /// <param name="n">The length: cuts or fills with zeros; the dimension's size if null.</param>
        /// <param name="dim">The dimension.</param>
        public static Tensor rfft(Tensor input, long? n = null, long dim = -1) =>
            Operators.FftRfft.Call(input, n is { } length ? length : Argument.None, dim);
    }

    /// <summary>Linear algebra.</summary>
    public static class linalg
    {
        /// <summary>The singular values of matrices, largest first.</summary>
        /// <param name="input">Matrices [.., M, N].</param>
        public static Tensor svdvals(Tensor input) => Operators.LinalgSvdvals.Call(input);

        /// <summary>The eigenvalues of symmetric matrices, smallest first.</summary>
        /// <param name="input">Matrices [.., N, N].</param>
        public static Tensor eigvalsh(Tensor input) => Operators.LinalgEigvalsh.Call(input);

        /// <summary>The norm of vectors.</summary>
        /// <param name="input">The tensor.</param>
        /// <param name="ord">The order.</param>
        /// <param name="dims">The dimensions of a vector; all if null.</param>
        /// <param name="keepdim">Keeps the reduced dimensions with size 1.</param>
        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) =>
            Operators.LinalgVectorNorm.Call(input, ord, dims, keepdim);
    }
}
