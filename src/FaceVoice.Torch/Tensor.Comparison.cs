namespace FaceVoice.Torch;

/// <content>Comparison and logic.</content>
public partial class Tensor
{
    /// <summary>Tells for each element whether it equals the other's.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor eq(Tensor other) => Operators.EqTensor.Call(this, other);

    /// <summary>Tells for each element whether it equals a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor eq(Scalar value) => Operators.EqScalar.Call(this, value);

    /// <summary>Tells for each element whether it differs from the other's.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor ne(Tensor other) => Operators.NeTensor.Call(this, other);

    /// <summary>Tells for each element whether it differs from a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor ne(Scalar value) => Operators.NeScalar.Call(this, value);

    /// <summary>Tells for each element whether it is less than the other's.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor lt(Tensor other) => Operators.LtTensor.Call(this, other);

    /// <summary>Tells for each element whether it is less than a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor lt(Scalar value) => Operators.LtScalar.Call(this, value);

    /// <summary>Tells for each element whether it is at most the other's.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor le(Tensor other) => Operators.LeTensor.Call(this, other);

    /// <summary>Tells for each element whether it is at most a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor le(Scalar value) => Operators.LeScalar.Call(this, value);

    /// <summary>Tells for each element whether it is greater than the other's.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor gt(Tensor other) => Operators.GtTensor.Call(this, other);

    /// <summary>Tells for each element whether it is greater than a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor gt(Scalar value) => Operators.GtScalar.Call(this, value);

    /// <summary>Tells for each element whether it is at least the other's.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor ge(Tensor other) => Operators.GeTensor.Call(this, other);

    /// <summary>Tells for each element whether it is at least a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor ge(Scalar value) => Operators.GeScalar.Call(this, value);

    /// <summary>Logical and, element by element.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor logical_and(Tensor other) => Operators.LogicalAnd.Call(this, other);

    /// <summary>Logical or, element by element.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor logical_or(Tensor other) => Operators.LogicalOr.Call(this, other);

    /// <summary>Logical exclusive or, element by element.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor logical_xor(Tensor other) => Operators.LogicalXor.Call(this, other);

    /// <summary>Logical not of each element.</summary>
    public Tensor logical_not() => Operators.LogicalNot.Call(this);

    /// <summary>Tells which elements are NaN.</summary>
    public Tensor isnan() => Operators.Isnan.Call(this);

    /// <summary>Tells which elements are infinite.</summary>
    public Tensor isinf() => Operators.Isinf.Call(this);

    /// <summary>Tells which elements are neither NaN nor infinite.</summary>
    public Tensor isfinite() => Operators.Isfinite.Call(this);

    /// <summary>Tells whether all elements are true.</summary>
    public Tensor all() => Operators.All.Call(this);

    /// <summary>Tells whether any element is true.</summary>
    public Tensor any() => Operators.Any.Call(this);

    /// <summary>Tells whether all elements along a dimension are true.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor all(long dim, bool keepdim = false) => Operators.AllDim.Call(this, dim, keepdim);

    /// <summary>Tells whether any element along a dimension is true.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepdim">Keeps a reduced dimension with size 1.</param>
    public Tensor any(long dim, bool keepdim = false) => Operators.AnyDim.Call(this, dim, keepdim);


    /// <summary>Tells whether two tensors have the same shape and elements.</summary>
    /// <param name="other">The other tensor.</param>
    public bool equal(Tensor other)
    {
        using Tensor result = Operators.Equal.Call(this, other);
        return result.ToBoolean();
    }

    /// <summary>Tells whether all elements are close: |a - b| &lt;= atol + rtol |b|.</summary>
    /// <param name="other">The other tensor.</param>
    /// <param name="rtol">The relative tolerance.</param>
    /// <param name="atol">The absolute tolerance.</param>
    public bool allclose(Tensor other, double rtol = 1e-5, double atol = 1e-8)
    {
        using Tensor result = Operators.Allclose.Call(this, other, rtol, atol);
        return result.ToBoolean();
    }
}
