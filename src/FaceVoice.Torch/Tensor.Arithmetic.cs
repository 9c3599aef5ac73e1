namespace FaceVoice.Torch;

/// <content>Arithmetic, element by element and of matrices.</content>
public partial class Tensor
{
    /// <summary>The absolute value of each element.</summary>
    public Tensor abs() => Operators.Abs.Call(this);

    /// <summary>Each element with its sign turned.</summary>
    public Tensor neg() => Operators.Neg.Call(this);

    /// <summary>-1, 0 or 1 for each element.</summary>
    public Tensor sign() => Operators.Sign.Call(this);

    /// <summary>The square root of each element.</summary>
    public Tensor sqrt() => Operators.Sqrt.Call(this);

    /// <summary>One over the square root of each element.</summary>
    public Tensor rsqrt() => Operators.Rsqrt.Call(this);

    /// <summary>Each element times itself.</summary>
    public Tensor square() => Operators.Square.Call(this);

    /// <summary>One over each element.</summary>
    public Tensor reciprocal() => Operators.Reciprocal.Call(this);

    /// <summary>e to the power of each element.</summary>
    public Tensor exp() => Operators.Exp.Call(this);

    /// <summary>exp(x) - 1, exact near 0.</summary>
    public Tensor expm1() => Operators.Expm1.Call(this);

    /// <summary>The natural logarithm of each element.</summary>
    public Tensor log() => Operators.Log.Call(this);

    /// <summary>log(1 + x), exact near 0.</summary>
    public Tensor log1p() => Operators.Log1p.Call(this);

    /// <summary>The logarithm to base 2.</summary>
    public Tensor log2() => Operators.Log2.Call(this);

    /// <summary>The logarithm to base 10.</summary>
    public Tensor log10() => Operators.Log10.Call(this);

    /// <summary>The sine of each element, in radians.</summary>
    public Tensor sin() => Operators.Sin.Call(this);

    /// <summary>The cosine of each element, in radians.</summary>
    public Tensor cos() => Operators.Cos.Call(this);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor tanh() => Operators.Tanh.Call(this);

    /// <summary>The inverse cosine, in radians.</summary>
    public Tensor acos() => Operators.Acos.Call(this);

    /// <summary>The error function.</summary>
    public Tensor erf() => Operators.Erf.Call(this);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public Tensor sigmoid() => Operators.Sigmoid.Call(this);

    /// <summary>max(x, 0).</summary>
    public Tensor relu() => Operators.Relu.Call(this);

    /// <summary>Rounds down.</summary>
    public Tensor floor() => Operators.Floor.Call(this);

    /// <summary>Rounds up.</summary>
    public Tensor ceil() => Operators.Ceil.Call(this);

    /// <summary>Rounds to the nearest, halves to even.</summary>
    public Tensor round() => Operators.Round.Call(this);

    /// <summary>What is left after cutting to an integer.</summary>
    public Tensor frac() => Operators.Frac.Call(this);

    /// <summary>Takes the square root in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor sqrt_()
    {
        Operators.SqrtInPlace.CallInPlace(this);
        return this;
    }

    /// <summary>Takes the exponential in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor exp_()
    {
        Operators.ExpInPlace.CallInPlace(this);
        return this;
    }

    /// <summary>Turns the sign in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor neg_()
    {
        Operators.NegInPlace.CallInPlace(this);
        return this;
    }

    /// <summary>Takes max(x, 0) in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor relu_()
    {
        Operators.ReluInPlace.CallInPlace(this);
        return this;
    }

    /// <summary>Takes the logistic function in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor sigmoid_()
    {
        Operators.SigmoidInPlace.CallInPlace(this);
        return this;
    }

    /// <summary>Takes the hyperbolic tangent in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor tanh_()
    {
        Operators.TanhInPlace.CallInPlace(this);
        return this;
    }

    /// <summary>Takes one over each element in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor reciprocal_()
    {
        Operators.ReciprocalInPlace.CallInPlace(this);
        return this;
    }

    /// <summary>The sum of two tensors.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor add(Tensor other) => Operators.AddTensor.Call(this, other);

    /// <summary>The sum of this tensor and <c>alpha other</c>.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <param name="alpha">Factor on the other tensor.</param>
    public Tensor add(Tensor other, Scalar alpha) => Operators.AddTensor.Call(this, other, alpha);

    /// <summary>The sum of each element and a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor add(Scalar value) => Operators.AddScalar.Call(this, value);

    /// <summary>The sum of two tensors, in place.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <returns>This tensor.</returns>
    public Tensor add_(Tensor other)
    {
        Operators.AddTensorInPlace.CallInPlace(this, other);
        return this;
    }

    /// <summary>The sum of this tensor and <c>alpha other</c>, in place.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <param name="alpha">Factor on the other tensor.</param>
    /// <returns>This tensor.</returns>
    public Tensor add_(Tensor other, Scalar alpha)
    {
        Operators.AddTensorInPlace.CallInPlace(this, other, alpha);
        return this;
    }

    /// <summary>The sum of each element and a number, in place.</summary>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor add_(Scalar value)
    {
        Operators.AddScalarInPlace.CallInPlace(this, value);
        return this;
    }

    /// <summary>The difference of two tensors.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor sub(Tensor other) => Operators.SubTensor.Call(this, other);

    /// <summary>The difference of this tensor and <c>alpha other</c>.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <param name="alpha">Factor on the other tensor.</param>
    public Tensor sub(Tensor other, Scalar alpha) => Operators.SubTensor.Call(this, other, alpha);

    /// <summary>The difference of each element and a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor sub(Scalar value) => Operators.SubScalar.Call(this, value);

    /// <summary>The difference of two tensors, in place.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <returns>This tensor.</returns>
    public Tensor sub_(Tensor other)
    {
        Operators.SubTensorInPlace.CallInPlace(this, other);
        return this;
    }

    /// <summary>The difference of this tensor and <c>alpha other</c>, in place.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <param name="alpha">Factor on the other tensor.</param>
    /// <returns>This tensor.</returns>
    public Tensor sub_(Tensor other, Scalar alpha)
    {
        Operators.SubTensorInPlace.CallInPlace(this, other, alpha);
        return this;
    }

    /// <summary>The difference of each element and a number, in place.</summary>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor sub_(Scalar value)
    {
        Operators.SubScalarInPlace.CallInPlace(this, value);
        return this;
    }

    /// <summary>The product of two tensors.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor mul(Tensor other) => Operators.MulTensor.Call(this, other);

    /// <summary>The product of each element and a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor mul(Scalar value) => Operators.MulScalar.Call(this, value);

    /// <summary>The product of two tensors, in place.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <returns>This tensor.</returns>
    public Tensor mul_(Tensor other)
    {
        Operators.MulTensorInPlace.CallInPlace(this, other);
        return this;
    }

    /// <summary>The product of each element and a number, in place.</summary>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor mul_(Scalar value)
    {
        Operators.MulScalarInPlace.CallInPlace(this, value);
        return this;
    }

    /// <summary>The quotient of two tensors.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor div(Tensor other) => Operators.DivTensor.Call(this, other);

    /// <summary>The quotient of each element and a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor div(Scalar value) => Operators.DivScalar.Call(this, value);

    /// <summary>The quotient of two tensors, in place.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <returns>This tensor.</returns>
    public Tensor div_(Tensor other)
    {
        Operators.DivTensorInPlace.CallInPlace(this, other);
        return this;
    }

    /// <summary>The quotient of each element and a number, in place.</summary>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor div_(Scalar value)
    {
        Operators.DivScalarInPlace.CallInPlace(this, value);
        return this;
    }

    /// <summary>The remainder (sign of the divisor) of two tensors.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor remainder(Tensor other) => Operators.RemainderTensor.Call(this, other);

    /// <summary>The remainder (sign of the divisor) of each element and a number.</summary>
    /// <param name="value">The number.</param>
    public Tensor remainder(Scalar value) => Operators.RemainderScalar.Call(this, value);

    /// <summary>The remainder (sign of the divisor) of two tensors, in place.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <returns>This tensor.</returns>
    public Tensor remainder_(Tensor other)
    {
        Operators.RemainderTensorInPlace.CallInPlace(this, other);
        return this;
    }

    /// <summary>The remainder (sign of the divisor) of each element and a number, in place.</summary>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor remainder_(Scalar value)
    {
        Operators.RemainderScalarInPlace.CallInPlace(this, value);
        return this;
    }

    /// <summary>The quotient of two tensors, rounded.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <param name="rounding_mode">null, "trunc" or "floor".</param>
    public Tensor div(Tensor other, string? rounding_mode) => Operators.DivTensorMode.Call(this, other, rounding_mode);

    /// <summary>Each element to a power.</summary>
    /// <param name="exponent">The exponent.</param>
    public Tensor pow(Scalar exponent) => Operators.PowTensorScalar.Call(this, exponent);

    /// <summary>Each element to its own power.</summary>
    /// <param name="exponent">The exponent.</param>
    public Tensor pow(Tensor exponent) => Operators.PowTensorTensor.Call(this, exponent);

    /// <summary>Takes a power in place.</summary>
    /// <param name="exponent">The exponent.</param>
    /// <returns>This tensor.</returns>
    public Tensor pow_(Scalar exponent)
    {
        Operators.PowScalarInPlace.CallInPlace(this, exponent);
        return this;
    }

    /// <summary>Limits each element to a range; the gradient outside it is 0.</summary>
    /// <param name="min">The lower bound, if any.</param>
    /// <param name="max">The upper bound, if any.</param>
    public Tensor clamp(Scalar? min = null, Scalar? max = null) => Operators.Clamp.Call(this, Optional(min), Optional(max));

    /// <summary>Limits each element to a range, in place.</summary>
    /// <param name="min">The lower bound, if any.</param>
    /// <param name="max">The upper bound, if any.</param>
    /// <returns>This tensor.</returns>
    public Tensor clamp_(Scalar? min = null, Scalar? max = null)
    {
        Operators.ClampInPlace.CallInPlace(this, Optional(min), Optional(max));
        return this;
    }

    /// <summary>Limits each element from below.</summary>
    /// <param name="min">The lower bound, if any.</param>
    public Tensor clamp_min(Scalar min) => Operators.ClampMin.Call(this, min);

    /// <summary>Limits each element from above.</summary>
    /// <param name="max">The upper bound, if any.</param>
    public Tensor clamp_max(Scalar max) => Operators.ClampMax.Call(this, max);

    /// <summary>The larger of two, element by element.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor maximum(Tensor other) => Operators.Maximum.Call(this, other);

    /// <summary>The smaller of two, element by element.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor minimum(Tensor other) => Operators.Minimum.Call(this, other);

    /// <summary>Goes from this tensor towards another.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <param name="weight">How far to go from this tensor to the other.</param>
    public Tensor lerp(Tensor other, Scalar weight) => Operators.LerpScalar.Call(this, other, weight);

    /// <summary>Goes from this tensor towards another, in place.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    /// <param name="weight">How far to go from this tensor to the other.</param>
    /// <returns>This tensor.</returns>
    public Tensor lerp_(Tensor other, Scalar weight)
    {
        Operators.LerpScalarInPlace.CallInPlace(this, other, weight);
        return this;
    }

    /// <summary>Adds <c>value tensor1 tensor2</c> in place.</summary>
    /// <param name="tensor1">The first factor.</param>
    /// <param name="tensor2">The second factor (or divisor).</param>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value)
    {
        Operators.AddcmulInPlace.CallInPlace(this, tensor1, tensor2, value);
        return this;
    }

    /// <summary>Adds <c>value tensor1 / tensor2</c> in place.</summary>
    /// <param name="tensor1">The first factor.</param>
    /// <param name="tensor2">The second factor (or divisor).</param>
    /// <param name="value">The number.</param>
    /// <returns>This tensor.</returns>
    public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value)
    {
        Operators.AddcdivInPlace.CallInPlace(this, tensor1, tensor2, value);
        return this;
    }

    /// <summary>Replaces what is not finite.</summary>
    /// <param name="nan">What replaces NaN.</param>
    /// <param name="posinf">What replaces +infinity; the largest number if null.</param>
    /// <param name="neginf">What replaces -infinity; the lowest number if null.</param>
    public Tensor nan_to_num(double? nan = null, double? posinf = null, double? neginf = null) => Operators.NanToNum.Call(this, Optional(nan), Optional(posinf), Optional(neginf));

    /// <summary>The matrix product over the last two dimensions; earlier ones broadcast.</summary>
    /// <param name="other">The other tensor; broadcast.</param>
    public Tensor matmul(Tensor other) => Operators.Matmul.Call(this, other);

    /// <summary>The product of two matrices.</summary>
    /// <param name="mat2">The right matrix.</param>
    public Tensor mm(Tensor mat2) => Operators.Mm.Call(this, mat2);

    /// <summary>The products of two batches of matrices.</summary>
    /// <param name="mat2">The right matrix.</param>
    public Tensor bmm(Tensor mat2) => Operators.Bmm.Call(this, mat2);

    /// <summary>The inner product of two vectors.</summary>
    /// <param name="vec2">The other vector.</param>
    public Tensor dot(Tensor vec2) => Operators.Dot.Call(this, vec2);

    /// <summary>The outer product of two vectors.</summary>
    /// <param name="vec2">The other vector.</param>
    public Tensor outer(Tensor vec2) => Operators.Outer.Call(this, vec2);


    /// <summary>Adds two tensors.</summary>
    /// <param name="left">One tensor.</param>
    /// <param name="right">The other.</param>
    public static Tensor operator +(Tensor left, Tensor right) => Checked(left).add(right);

    /// <summary>Adds a number to each element.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">The number.</param>
    public static Tensor operator +(Tensor left, Scalar right) => Checked(left).add(right);

    /// <summary>Adds a number to each element.</summary>
    /// <param name="left">The number.</param>
    /// <param name="right">The tensor.</param>
    public static Tensor operator +(Scalar left, Tensor right) => Checked(right).add(left);

    /// <summary>Subtracts a tensor.</summary>
    /// <param name="left">One tensor.</param>
    /// <param name="right">The other.</param>
    public static Tensor operator -(Tensor left, Tensor right) => Checked(left).sub(right);

    /// <summary>Subtracts a number from each element.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">The number.</param>
    public static Tensor operator -(Tensor left, Scalar right) => Checked(left).sub(right);

    /// <summary>Subtracts each element from a number.</summary>
    /// <param name="left">The number.</param>
    /// <param name="right">The tensor.</param>
    public static Tensor operator -(Scalar left, Tensor right) => Operators.RsubScalar.Call(right, left);

    /// <summary>Turns the sign.</summary>
    /// <param name="value">The tensor.</param>
    public static Tensor operator -(Tensor value) => Checked(value).neg();

    /// <summary>Multiplies element by element.</summary>
    /// <param name="left">One tensor.</param>
    /// <param name="right">The other.</param>
    public static Tensor operator *(Tensor left, Tensor right) => Checked(left).mul(right);

    /// <summary>Multiplies each element by a number.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">The number.</param>
    public static Tensor operator *(Tensor left, Scalar right) => Checked(left).mul(right);

    /// <summary>Multiplies each element by a number.</summary>
    /// <param name="left">The number.</param>
    /// <param name="right">The tensor.</param>
    public static Tensor operator *(Scalar left, Tensor right) => Checked(right).mul(left);

    /// <summary>Divides element by element.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    public static Tensor operator /(Tensor left, Tensor right) => Checked(left).div(right);

    /// <summary>Divides each element by a number.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    public static Tensor operator /(Tensor left, Scalar right) => Checked(left).div(right);

    /// <summary>Divides a number by each element.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    public static Tensor operator /(Scalar left, Tensor right) => Checked(right).reciprocal().mul(left);

    private static Tensor Checked(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor;
    }

    private static Argument Optional(Scalar? value) => value is { } given ? given : Argument.None;

    private static Argument Optional(double? value) => value is { } given ? given : Argument.None;
}
