using System.Globalization;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Answers calls of methods and services that do not exist.</summary>
internal static class UnimplementedEndpoints
{
    private static readonly ConditionalWeakTable<IEndpointRouteBuilder, object> Mapped = [];

    public static void MapMethod(IEndpointRouteBuilder endpoints, string service) =>
        Map(endpoints, $"/{service}/{{unimplementedMethod}}", "The method is not implemented.", int.MaxValue - 1);

    /// <summary>Once per application.</summary>
    public static void MapService(IEndpointRouteBuilder endpoints)
    {
        if (Mapped.TryAdd(endpoints, endpoints))
        {
            Map(endpoints, "/{unimplementedService}/{unimplementedMethod}", "The service is not implemented.", int.MaxValue);
        }
    }

    private static void Map(IEndpointRouteBuilder endpoints, string pattern, string detail, int order) =>
        endpoints.MapPost(pattern, http => Answer(http, detail)).WithDisplayName("gRPC - " + detail).Add(builder => ((RouteEndpointBuilder)builder).Order = order);

    private static Task Answer(HttpContext http, string detail)
    {
        var protocol = ContentTypes.Parse(http.Request.ContentType);
        if (protocol == ContentProtocol.None)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        http.Response.ContentType = ContentTypes.Of(protocol);
        http.Response.Headers[GrpcHeader.Status] = ((int)StatusCode.Unimplemented).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[GrpcHeader.Message] = PercentEncoding.Encode(detail);
        return Task.CompletedTask;
    }
}
