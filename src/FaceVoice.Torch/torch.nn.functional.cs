namespace FaceVoice.Torch;

/// <content>Networks without state.</content>
public static partial class torch
{
    /// <summary>Neural networks: modules and functions.</summary>
    public static partial class nn
    {
        /// <summary>Layers as functions.</summary>
        public static class functional
        {
            /// <summary>x W' + b.</summary>
            /// <param name="input">[.., in].</param>
            /// <param name="weight">[out, in].</param>
            /// <param name="bias">[out], or null.</param>
            public static Tensor linear(Tensor input, Tensor weight, Tensor? bias = null) =>
                Operators.Linear.Call(input, weight, bias);

            /// <summary>max(x, 0).</summary>
            /// <param name="input">The tensor.</param>
            public static Tensor relu(Tensor input) => Operators.Relu.Call(input);

            /// <summary>x where positive, a small slope elsewhere.</summary>
            /// <param name="input">The tensor.</param>
            /// <param name="negative_slope">The slope.</param>
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01) =>
                Operators.LeakyRelu.Call(input, negative_slope);

            /// <summary>The Gaussian error linear unit, exact form.</summary>
            /// <param name="input">The tensor.</param>
            public static Tensor gelu(Tensor input) => Operators.Gelu.Call(input);

            /// <summary>x sigmoid(x).</summary>
            /// <param name="input">The tensor.</param>
            public static Tensor silu(Tensor input) => Operators.Silu.Call(input);

            /// <summary>log(1 + exp(x)), safe for large elements.</summary>
            /// <param name="input">The tensor.</param>
            public static Tensor softplus(Tensor input) => Operators.Softplus.Call(input);

            /// <summary>log(sigmoid(x)), safe for large elements.</summary>
            /// <param name="input">The tensor.</param>
            public static Tensor logsigmoid(Tensor input) => Operators.LogSigmoid.Call(input);

            /// <summary>Zeroes elements at random and scales the rest.</summary>
            /// <param name="input">The tensor.</param>
            /// <param name="p">The probability of zeroing.</param>
            /// <param name="training">Whether to do so at all.</param>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true) =>
                Operators.Dropout.Call(input, p, training);

            /// <summary>Cross-correlation over time.</summary>
            /// <param name="input">[batch, in, time].</param>
            /// <param name="weight">[out, in / groups, kernel].</param>
            /// <param name="bias">[out], or null.</param>
            /// <param name="stride">The step.</param>
            /// <param name="padding">Zeros on each side.</param>
            /// <param name="dilation">The distance between the kernel's taps.</param>
            /// <param name="groups">How many groups of channels.</param>
            public static Tensor conv1d(
                Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1, long groups = 1) =>
                Operators.Conv1d.Call(input, weight, bias, stride, padding, dilation, groups);

            /// <summary>Cross-correlation over height and width.</summary>
            /// <param name="input">[batch, in, height, width].</param>
            /// <param name="weight">[out, in / groups, kernel height, kernel width].</param>
            /// <param name="bias">[out], or null.</param>
            /// <param name="stride">The step.</param>
            /// <param name="padding">Zeros on each side.</param>
            /// <param name="dilation">The distance between the kernel's taps.</param>
            /// <param name="groups">How many groups of channels.</param>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1, long groups = 1) =>
                Operators.Conv2d.Call(input, weight, bias, stride, padding, dilation, groups);

            /// <summary>Normalises each channel over batch (and time or space).</summary>
            /// <param name="input">[batch, channels, ..].</param>
            /// <param name="running_mean">[channels], changed when training; or null.</param>
            /// <param name="running_var">[channels], changed when training; or null.</param>
            /// <param name="weight">[channels], or null.</param>
            /// <param name="bias">[channels], or null.</param>
            /// <param name="training">Whether the batch's own statistics are used.</param>
            /// <param name="momentum">How much of the batch's statistics enters the running ones.</param>
            /// <param name="eps">Added to the variance.</param>
            public static Tensor batch_norm(
                Tensor input,
                Tensor? running_mean,
                Tensor? running_var,
                Tensor? weight = null,
                Tensor? bias = null,
                bool training = false,
                double momentum = 0.1,
                double eps = 1e-5) =>
                Operators.BatchNorm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            /// <summary>Normalises over the last dimensions; the variance has n in the denominator.</summary>
            /// <param name="input">The tensor.</param>
            /// <param name="normalized_shape">The sizes of the dimensions to normalise over.</param>
            /// <param name="weight">Gain of that shape, or null.</param>
            /// <param name="bias">Shift of that shape, or null.</param>
            /// <param name="eps">Added to the variance.</param>
            public static Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Operators.LayerNorm.Call(input, normalized_shape, weight, bias, eps, true);

            /// <summary>The cross entropy of logits against class numbers [N] or class probabilities [N, C].</summary>
            /// <param name="input">Logits [N, C].</param>
            /// <param name="target">Int64 class numbers, or floating-point probabilities.</param>
            /// <param name="weight">A weight for each class, or null.</param>
            /// <param name="ignore_index">A class number that counts for nothing.</param>
            /// <param name="label_smoothing">How much of the target is spread over all classes.</param>
            /// <param name="reduction">Mean, sum or each row's own.</param>
            public static Tensor cross_entropy(
                Tensor input,
                Tensor target,
                Tensor? weight = null,
                long ignore_index = -100,
                double label_smoothing = 0,
                Reduction reduction = Reduction.Mean) =>
                Operators.CrossEntropyLoss.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>The negative log likelihood of log-probabilities against class numbers.</summary>
            /// <param name="input">Log-probabilities [N, C].</param>
            /// <param name="target">Int64 class numbers [N].</param>
            /// <param name="reduction">Mean, sum or each row's own.</param>
            public static Tensor nll_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Operators.NllLoss.Call(input, target, Argument.None, (long)reduction);

            /// <summary>The binary cross entropy of logits.</summary>
            /// <param name="input">Logits.</param>
            /// <param name="target">Probabilities of the same shape.</param>
            /// <param name="weight">A weight for each element, or null.</param>
            /// <param name="pos_weight">A weight for the positives, or null.</param>
            /// <param name="reduction">Mean, sum or each element's own.</param>
            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null, Tensor? pos_weight = null, Reduction reduction = Reduction.Mean) =>
                Operators.BinaryCrossEntropyWithLogits.Call(input, target, weight, pos_weight, (long)reduction);

            /// <summary>The squared difference.</summary>
            /// <param name="input">One tensor.</param>
            /// <param name="target">The other.</param>
            /// <param name="reduction">Mean, sum or each element's own.</param>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Operators.MseLoss.Call(input, target, (long)reduction);

            /// <summary>exp(x) / sum(exp(x)) along a dimension.</summary>
            /// <param name="input">The tensor.</param>
            /// <param name="dim">The dimension.</param>
            public static Tensor softmax(Tensor input, long dim) => Operators.SoftmaxInt.Call(input, dim);

            /// <summary>The logarithm of the softmax along a dimension.</summary>
            /// <param name="input">The tensor.</param>
            /// <param name="dim">The dimension.</param>
            public static Tensor log_softmax(Tensor input, long dim) => Operators.LogSoftmaxInt.Call(input, dim);

            /// <summary>Divides by the norm along a dimension, or by <paramref name="eps"/> where the norm is smaller.</summary>
            /// <param name="input">The tensor.</param>
            /// <param name="p">The order of the norm.</param>
            /// <param name="dim">The dimension.</param>
            /// <param name="eps">The smallest divisor.</param>
            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                ArgumentNullException.ThrowIfNull(input);
                return input.div(input.norm(dim, keepdim: true, p).clamp_min(eps));
            }

            /// <summary>The cosine of the angle between vectors along a dimension.</summary>
            /// <param name="x1">One tensor.</param>
            /// <param name="x2">The other.</param>
            /// <param name="dim">The dimension.</param>
            /// <param name="eps">The smallest norm.</param>
            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) =>
                Operators.CosineSimilarity.Call(x1, x2, dim, eps);

            /// <summary>Adds elements at the ends of the last dimensions.</summary>
            /// <param name="input">The tensor.</param>
            /// <param name="pad">Before and after the last dimension, then before and after the one before it, and so on.</param>
            /// <param name="mode">What to add.</param>
            /// <param name="value">The number to add in constant mode.</param>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                mode == PaddingModes.Constant
                    ? Operators.Pad.Call(input, pad, "constant", value)
                    : Operators.Pad.Call(input, pad, mode == PaddingModes.Reflect ? "reflect" : "replicate", Argument.None);

            /// <summary>Turns class numbers into rows with a single 1 (Int64).</summary>
            /// <param name="x">Int64 class numbers.</param>
            /// <param name="num_classes">The number of classes; -1 takes the largest plus one.</param>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => Operators.OneHot.Call(x, num_classes);

            /// <summary>The rows of a table by number.</summary>
            /// <param name="input">Int64 numbers.</param>
            /// <param name="weight">The table [rows, width].</param>
            public static Tensor embedding(Tensor input, Tensor weight) => Operators.Embedding.Call(weight, input);

            /// <summary>The largest element of each window over height and width.</summary>
            /// <param name="input">[batch, channels, height, width].</param>
            /// <param name="kernel_size">The window.</param>
            /// <param name="stride">The step; the window if null.</param>
            /// <param name="padding">Added on each side.</param>
            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0) =>
                Operators.MaxPool2d.Call(input, kernel_size, stride ?? kernel_size, padding);

            /// <summary>The mean of each of a fixed number of windows over time.</summary>
            /// <param name="input">[batch, channels, time].</param>
            /// <param name="output_size">How many windows.</param>
            public static Tensor adaptive_avg_pool1d(Tensor input, long output_size) =>
                Operators.AdaptiveAvgPool1d.Call(input, output_size);

            /// <summary>The mean of each of a fixed number of windows over height and width.</summary>
            /// <param name="input">[batch, channels, height, width].</param>
            /// <param name="output_size">How many windows each way.</param>
            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) =>
                Operators.AdaptiveAvgPool2d.Call(input, output_size);
        }
    }
}
