using FaceVoice.Torch.Modules;

namespace FaceVoice.Torch;

/// <content>Gradient clipping.</content>
public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What is done to gradients between the backward pass and the step.</summary>
        public static class utils
        {
            /// <summary>Scales all gradients together so that their joint norm is at most a limit.</summary>
            /// <param name="parameters">The parameters; those without a gradient are passed over.</param>
            /// <param name="max_norm">The limit.</param>
            /// <param name="norm_type">The order of the norm.</param>
            /// <returns>The joint norm before scaling; not finite when a gradient is not (nothing is scaled then).</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> parameters, double max_norm, double norm_type = 2)
            {
                ArgumentNullException.ThrowIfNull(parameters);
                using GradientMode mode = no_grad();
                using DisposeScope scope = NewDisposeScope();
                Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
                if (gradients.Length == 0)
                {
                    return 0;
                }

                Device device = gradients[0].device;
                Tensor norms = stack([.. gradients.Select(gradient => gradient.norm(norm_type).to(device))]);
                double total = norms.norm(norm_type).ToDouble();
                double factor = max_norm / (total + 1e-6);
                if (double.IsFinite(total) && factor < 1)
                {
                    foreach (Tensor gradient in gradients)
                    {
                        gradient.mul_(factor);
                    }
                }

                return total;
            }
        }
    }
}
