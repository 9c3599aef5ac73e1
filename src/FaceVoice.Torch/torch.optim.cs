using FaceVoice.Torch.Modules;
using FaceVoice.Torch.Optim;

namespace FaceVoice.Torch;

/// <content>Optimisers, by TorchSharp's factory methods.</content>
public static partial class torch
{
    /// <summary>Optimisers and schedules.</summary>
    public static partial class optim
    {
        /// <summary>Makes an <see cref="Optim.AdamW"/>.</summary>
        /// <param name="parameters">What to train.</param>
        /// <param name="lr">The learning rate.</param>
        /// <param name="beta1">How much of the gradient's running mean is kept.</param>
        /// <param name="beta2">How much of its running square is kept.</param>
        /// <param name="eps">Added to the divisor.</param>
        /// <param name="weight_decay">Times the learning rate: what is taken off each parameter.</param>
        /// <param name="amsgrad">Divides by the largest running square so far.</param>
        public static AdamW AdamW(
            IEnumerable<Parameter> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 1e-2,
            bool amsgrad = false) =>
            new([new ParameterGroup(parameters)], lr, beta1, beta2, eps, weight_decay, amsgrad);

        /// <summary>Makes an <see cref="Optim.AdamW"/> over groups with their own rates.</summary>
        /// <param name="groups">What to train.</param>
        /// <param name="lr">The learning rate of groups that name none.</param>
        /// <param name="beta1">How much of the gradient's running mean is kept.</param>
        /// <param name="beta2">How much of its running square is kept.</param>
        /// <param name="eps">Added to the divisor.</param>
        /// <param name="weight_decay">The weight decay of groups that name none.</param>
        /// <param name="amsgrad">Divides by the largest running square so far.</param>
        public static AdamW AdamW(
            IEnumerable<ParameterGroup> groups,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 1e-2,
            bool amsgrad = false) =>
            new(groups, lr, beta1, beta2, eps, weight_decay, amsgrad);

        /// <summary>Makes an <see cref="Optim.Adam"/>.</summary>
        /// <param name="parameters">What to train.</param>
        /// <param name="lr">The learning rate.</param>
        /// <param name="beta1">How much of the gradient's running mean is kept.</param>
        /// <param name="beta2">How much of its running square is kept.</param>
        /// <param name="eps">Added to the divisor.</param>
        /// <param name="weight_decay">Times the parameter: what is added to the gradient.</param>
        /// <param name="amsgrad">Divides by the largest running square so far.</param>
        public static Adam Adam(
            IEnumerable<Parameter> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false) =>
            new([new ParameterGroup(parameters)], lr, beta1, beta2, eps, weight_decay, amsgrad, decoupled: false);

        /// <summary>Makes an <see cref="Optim.SGD"/>.</summary>
        /// <param name="parameters">What to train.</param>
        /// <param name="learningRate">The learning rate.</param>
        /// <param name="momentum">How much of the running step is kept.</param>
        /// <param name="dampening">How much of the gradient is held back from it.</param>
        /// <param name="weight_decay">Times the parameter: what is added to the gradient.</param>
        /// <param name="nesterov">Looks ahead along the running step.</param>
        public static SGD SGD(
            IEnumerable<Parameter> parameters,
            double learningRate,
            double momentum = 0,
            double dampening = 0,
            double weight_decay = 0,
            bool nesterov = false) =>
            new([new ParameterGroup(parameters)], learningRate, momentum, dampening, weight_decay, nesterov);

        /// <summary>Makes an <see cref="Optim.SGD"/> over groups with their own rates.</summary>
        /// <param name="groups">What to train.</param>
        /// <param name="learningRate">The learning rate of groups that name none.</param>
        /// <param name="momentum">How much of the running step is kept.</param>
        /// <param name="dampening">How much of the gradient is held back from it.</param>
        /// <param name="weight_decay">The weight decay of groups that name none.</param>
        /// <param name="nesterov">Looks ahead along the running step.</param>
        public static SGD SGD(
            IEnumerable<ParameterGroup> groups,
            double learningRate,
            double momentum = 0,
            double dampening = 0,
            double weight_decay = 0,
            bool nesterov = false) =>
            new(groups, learningRate, momentum, dampening, weight_decay, nesterov);
    }
}
