using FaceVoice.Torch.Optim;
using FaceVoice.Torch.Optim.Schedules;

namespace FaceVoice.Torch;

/// <content>Schedules, by TorchSharp's factory methods.</content>
public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Schedules of the learning rate.</summary>
        public static class lr_scheduler
        {
            /// <summary>Makes a <see cref="Optim.Schedules.CosineAnnealingLR"/>.</summary>
            /// <param name="optimizer">Whose rates.</param>
            /// <param name="T_max">How many steps the fall takes.</param>
            /// <param name="eta_min">The lowest rate.</param>
            public static CosineAnnealingLR CosineAnnealingLR(Optimizer optimizer, long T_max, double eta_min = 0) =>
                new(optimizer, T_max, eta_min);

            /// <summary>Makes a <see cref="Optim.Schedules.LinearLR"/>.</summary>
            /// <param name="optimizer">Whose rates.</param>
            /// <param name="start_factor">The share of the initial rate at first.</param>
            /// <param name="end_factor">The share in the end.</param>
            /// <param name="total_iters">How many steps it takes.</param>
            public static LinearLR LinearLR(
                Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1, long total_iters = 5) =>
                new(optimizer, start_factor, end_factor, total_iters);

            /// <summary>Makes a <see cref="Optim.Schedules.OneCycleLR"/>.</summary>
            /// <param name="optimizer">Whose rates.</param>
            /// <param name="max_lr">The highest rate; each group's initial rate if null.</param>
            /// <param name="total_steps">How many steps the cycle takes.</param>
            /// <param name="pct_start">The share of them that rises.</param>
            /// <param name="div_factor">The highest rate over the first.</param>
            /// <param name="final_div_factor">The first rate over the last.</param>
            public static OneCycleLR OneCycleLR(
                Optimizer optimizer,
                double? max_lr,
                long total_steps,
                double pct_start = 0.3,
                double div_factor = 25,
                double final_div_factor = 1e4) =>
                new(optimizer, max_lr, total_steps, pct_start, div_factor, final_div_factor);

            /// <summary>Makes a <see cref="Optim.Schedules.LambdaLR"/>.</summary>
            /// <param name="optimizer">Whose rates.</param>
            /// <param name="lr_lambda">The factor on the initial rate after a number of steps.</param>
            public static LambdaLR LambdaLR(Optimizer optimizer, Func<long, double> lr_lambda) => new(optimizer, lr_lambda);

            /// <summary>Makes a <see cref="Optim.Schedules.SequentialLR"/>.</summary>
            /// <param name="optimizer">Whose rates.</param>
            /// <param name="schedulers">The schedules, in order.</param>
            /// <param name="milestones">The steps at which the next takes over.</param>
            public static SequentialLR SequentialLR(
                Optimizer optimizer, IReadOnlyList<StepSchedule> schedulers, IReadOnlyList<long> milestones) =>
                new(optimizer, schedulers, milestones);

            /// <summary>Makes a <see cref="Optim.Schedules.ReduceLROnPlateau"/>.</summary>
            /// <param name="optimizer">Whose rates.</param>
            /// <param name="mode"><c>min</c> where smaller is better, <c>max</c> where larger is.</param>
            /// <param name="factor">What the rates are multiplied by.</param>
            /// <param name="patience">How many steps without improvement are borne.</param>
            /// <param name="threshold">What counts as better, relative to the best.</param>
            /// <param name="cooldown">How many steps do not count after a reduction.</param>
            /// <param name="min_lr">The lowest rate.</param>
            /// <param name="eps">The smallest change of a rate.</param>
            public static ReduceLROnPlateau ReduceLROnPlateau(
                Optimizer optimizer,
                string mode = "min",
                double factor = 0.1,
                long patience = 10,
                double threshold = 1e-4,
                long cooldown = 0,
                double min_lr = 0,
                double eps = 1e-8) =>
                new(optimizer, mode, factor, patience, threshold, cooldown, min_lr, eps);
        }
    }
}
