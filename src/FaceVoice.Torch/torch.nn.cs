using System.Globalization;
using FaceVoice.Torch.Modules;

namespace FaceVoice.Torch;

/// <content>Modules, by TorchSharp's factory methods.</content>
public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Makes a <see cref="Modules.Linear"/> with PyTorch's default initialisation.</summary>
        /// <param name="inputSize">Columns of the input.</param>
        /// <param name="outputSize">Columns of the output.</param>
        /// <param name="hasBias">Whether there is a bias.</param>
        public static Linear Linear(long inputSize, long outputSize, bool hasBias = true) => new(inputSize, outputSize, hasBias);

        /// <summary>Makes a <see cref="Modules.Conv1d"/> with PyTorch's default initialisation.</summary>
        /// <param name="in_channels">Channels of the input.</param>
        /// <param name="out_channels">Channels of the output.</param>
        /// <param name="kernel_size">Taps of the kernel.</param>
        /// <param name="stride">The step.</param>
        /// <param name="padding">How much is added on each side.</param>
        /// <param name="dilation">The distance between taps.</param>
        /// <param name="padding_mode">What is added.</param>
        /// <param name="groups">How many groups of channels.</param>
        /// <param name="bias">Whether there is a bias.</param>
        public static Conv1d Conv1d(
            long in_channels,
            long out_channels,
            long kernel_size,
            long stride = 1,
            long padding = 0,
            long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Constant,
            long groups = 1,
            bool bias = true) =>
            new(in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias);

        /// <summary>Makes a <see cref="Modules.Conv2d"/> with PyTorch's default initialisation.</summary>
        /// <param name="in_channels">Channels of the input.</param>
        /// <param name="out_channels">Channels of the output.</param>
        /// <param name="kernel_size">Height and width of the kernel.</param>
        /// <param name="stride">The step.</param>
        /// <param name="padding">Zeros on each side.</param>
        /// <param name="dilation">The distance between taps.</param>
        /// <param name="groups">How many groups of channels.</param>
        /// <param name="bias">Whether there is a bias.</param>
        public static Conv2d Conv2d(
            long in_channels,
            long out_channels,
            long kernel_size,
            long stride = 1,
            long padding = 0,
            long dilation = 1,
            long groups = 1,
            bool bias = true) =>
            new(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias);

        /// <summary>Makes a <see cref="Modules.BatchNorm1d"/>.</summary>
        /// <param name="features">The number of channels.</param>
        /// <param name="eps">Added to the variance.</param>
        /// <param name="momentum">How much of a batch's statistics enters the running ones.</param>
        /// <param name="affine">Whether there are gain and shift.</param>
        public static BatchNorm1d BatchNorm1d(long features, double eps = 1e-5, double momentum = 0.1, bool affine = true) =>
            new(features, eps, momentum, affine);

        /// <summary>Makes a <see cref="Modules.BatchNorm2d"/>.</summary>
        /// <param name="features">The number of channels.</param>
        /// <param name="eps">Added to the variance.</param>
        /// <param name="momentum">How much of a batch's statistics enters the running ones.</param>
        /// <param name="affine">Whether there are gain and shift.</param>
        public static BatchNorm2d BatchNorm2d(long features, double eps = 1e-5, double momentum = 0.1, bool affine = true) =>
            new(features, eps, momentum, affine);

        /// <summary>Makes a <see cref="Modules.LayerNorm"/> over the last dimension.</summary>
        /// <param name="normalizedSize">The size of the last dimension.</param>
        /// <param name="eps">Added to the variance.</param>
        /// <param name="elementwise_affine">Whether there are gain and shift.</param>
        public static LayerNorm LayerNorm(long normalizedSize, double eps = 1e-5, bool elementwise_affine = true) =>
            new([normalizedSize], eps, elementwise_affine);

        /// <summary>Makes an <see cref="Modules.Embedding"/> of standard normal rows.</summary>
        /// <param name="num_embeddings">The number of rows.</param>
        /// <param name="embedding_dims">The width of a row.</param>
        public static Embedding Embedding(long num_embeddings, long embedding_dims) => new(num_embeddings, embedding_dims);

        /// <summary>Makes a <see cref="Modules.Dropout"/>.</summary>
        /// <param name="p">The probability of zeroing.</param>
        public static Dropout Dropout(double p = 0.5) => new(p);

        /// <summary>Makes a <see cref="Modules.ReLU"/>.</summary>
        public static ReLU ReLU() => new();

        /// <summary>Makes a <see cref="Modules.LeakyReLU"/>.</summary>
        /// <param name="negative_slope">The slope below 0.</param>
        public static LeakyReLU LeakyReLU(double negative_slope = 0.01) => new(negative_slope);

        /// <summary>Makes a <see cref="Modules.GELU"/>.</summary>
        public static GELU GELU() => new();

        /// <summary>Makes a <see cref="Modules.SiLU"/>.</summary>
        public static SiLU SiLU() => new();

        /// <summary>Makes a <see cref="Modules.Tanh"/>.</summary>
        public static Tanh Tanh() => new();

        /// <summary>Makes a <see cref="Modules.Sigmoid"/>.</summary>
        public static Sigmoid Sigmoid() => new();

        /// <summary>Makes a <see cref="Modules.Identity"/>.</summary>
        public static Identity Identity() => new();

        /// <summary>Makes a <see cref="Modules.Sequential"/> whose parts are named 0, 1, ...</summary>
        /// <param name="modules">The parts.</param>
        public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) =>
            new(modules.Select((module, index) => (index.ToString(CultureInfo.InvariantCulture), module)));

        /// <summary>Makes a <see cref="Modules.Sequential"/> of named parts.</summary>
        /// <param name="modules">Names and parts.</param>
        public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

        /// <summary>Makes a <see cref="Modules.ModuleList{T}"/>.</summary>
        /// <typeparam name="T">The parts' type.</typeparam>
        /// <param name="modules">The parts.</param>
        public static ModuleList<T> ModuleList<T>(params T[] modules)
            where T : Module => new(modules);

        /// <summary>Makes a <see cref="Modules.Parameter"/> over a tensor's elements.</summary>
        /// <param name="data">The elements; the parameter takes them over.</param>
        /// <param name="requires_grad">Whether it is trained.</param>
        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

        /// <summary>Setting weights.</summary>
        public static class init
        {
            /// <summary>Sets every element to 0.</summary>
            /// <param name="tensor">The tensor.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor zeros_(Tensor tensor) => WithoutGraph(tensor, t => t.zero_());

            /// <summary>Sets every element to 1.</summary>
            /// <param name="tensor">The tensor.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <summary>Sets every element to a number.</summary>
            /// <param name="tensor">The tensor.</param>
            /// <param name="val">The number.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor constant_(Tensor tensor, Scalar val) => WithoutGraph(tensor, t => t.fill_(val));

            /// <summary>Fills with normal random numbers.</summary>
            /// <param name="tensor">The tensor.</param>
            /// <param name="mean">Their mean.</param>
            /// <param name="std">Their standard deviation.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1) =>
                WithoutGraph(tensor, t => t.normal_(mean, std));

            /// <summary>Fills with uniform random numbers.</summary>
            /// <param name="tensor">The tensor.</param>
            /// <param name="low">The lower bound.</param>
            /// <param name="high">The upper bound.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1) =>
                WithoutGraph(tensor, t => t.uniform_(low, high));

            /// <summary>Uniform, so that the variance is kept forwards and backwards (Glorot and Bengio, 2010).</summary>
            /// <param name="tensor">Weights [out, in, ..].</param>
            /// <param name="gain">A factor.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                (double fanIn, double fanOut) = Fans(tensor);
                double bound = gain * Math.Sqrt(6 / (fanIn + fanOut));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal, so that the variance is kept forwards and backwards (Glorot and Bengio, 2010).</summary>
            /// <param name="tensor">Weights [out, in, ..].</param>
            /// <param name="gain">A factor.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1)
            {
                (double fanIn, double fanOut) = Fans(tensor);
                return normal_(tensor, 0, gain * Math.Sqrt(2 / (fanIn + fanOut)));
            }

            /// <summary>Normal, so that the variance is kept forwards through rectifiers (He et al., 2015).</summary>
            /// <param name="tensor">Weights [out, in, ..].</param>
            /// <param name="a">The rectifier's slope below 0.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor kaiming_normal_(Tensor tensor, double a = 0) =>
                normal_(tensor, 0, Math.Sqrt(2 / ((1 + a * a) * Fans(tensor).In)));

            /// <summary>Uniform, so that the variance is kept forwards through rectifiers (He et al., 2015).</summary>
            /// <param name="tensor">Weights [out, in, ..].</param>
            /// <param name="a">The rectifier's slope below 0.</param>
            /// <returns>The same tensor.</returns>
            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0)
            {
                double bound = Math.Sqrt(6 / ((1 + a * a) * Fans(tensor).In));
                return uniform_(tensor, -bound, bound);
            }

            private static (double In, double Out) Fans(Tensor tensor)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                long[] shape = tensor.shape;
                double receptive = shape.Skip(2).Aggregate(1.0, (product, size) => product * size);
                return (shape[1] * receptive, shape[0] * receptive);
            }

            private static Tensor WithoutGraph(Tensor tensor, Func<Tensor, Tensor> change)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                using GradientMode mode = no_grad();
                return change(tensor);
            }
        }
    }
}
