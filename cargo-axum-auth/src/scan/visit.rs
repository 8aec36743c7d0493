//! Visits the nodes of the syntax tree.

use super::facts::{Implementation, Over, ResolvedPath, What};
use super::parts::{has_block, name_of, relaxed, text, unsafe_keyword};
use super::tokens::flat;
use super::values::Value;
use super::walk::{Chain, Walk};
use crate::names::{Scope, plain, written};
use crate::sources::{attributes_of, is_test};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, FnArg, Item, Stmt, Visibility};

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let of_another_file = matches!(item, Item::Mod(of) if of.content.is_none());
        self.within_test(is_test(attributes_of(item)), |walk| {
            walk.habits_of(item);
            if of_another_file {
                let outer = std::mem::take(&mut walk.relaxed);
                visit::visit_item(walk, item);
                walk.relaxed = outer;
            } else {
                walk.relaxed_over(|walk| visit::visit_item(walk, item));
            }
        });
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        self.relaxed_over(|walk| visit::visit_impl_item(walk, item));
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        self.relaxed_over(|walk| visit::visit_trait_item(walk, item));
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        self.relaxed_over(|walk| visit::visit_stmt(walk, statement));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.relaxed_over(|walk| visit::visit_arm(walk, arm));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // A module has a scope of its own, without the blocks around it.
        self.module.push(plain(&item.ident));
        let blocks = std::mem::take(&mut self.blocks);
        visit::visit_item_mod(self, item);
        self.blocks = blocks;
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        // An import alone is harmless. A re-export is not.
        if !matches!(item.vis, Visibility::Inherited) {
            self.reexports(&item.tree, Vec::new());
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, &item.block, |walk| visit::visit_item_fn(walk, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.sig, &item.block, |walk| visit::visit_impl_item_fn(walk, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(unsafety) = unsafe_keyword(&item.sig) {
            self.saw(unsafety, What::Unsafe("a function"));
        }
        if item.default.is_none() {
            return self.without_code(|walk| visit::visit_trait_item_fn(walk, item));
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        if let Some(unsafety) = &item.unsafety {
            self.saw(unsafety.span(), What::Unsafe("a trait"));
        }
        visit::visit_item_trait(self, item);
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast syn::ItemForeignMod) {
        self.saw(item.span(), What::Unsafe("foreign code"));
        self.without_code(|walk| visit::visit_item_foreign_mod(walk, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if let Some(unsafety) = &item.unsafety {
            self.saw(unsafety.span(), What::Unsafe("an impl"));
        }
        let generics = std::mem::take(&mut self.generics);
        let owner = self.type_path(&item.self_ty);
        let of = std::mem::replace(&mut self.of, owner);
        let (functions, occurrences) = (self.scan.functions.len(), self.scan.occurrences.len());
        let number = self.scan.implementations.len();
        if let Some((of, _)) = &item.trait_ {
            let implementation = Implementation {
                place: self.place(item.impl_token.span()),
                test: self.test,
                of: self.meant(&written(of)),
                for_type: text(&item.self_ty),
                for_path: self.type_path(&item.self_ty).unwrap_or_else(|| ResolvedPath(Vec::new())),
                body: item.items.iter().flat_map(|item| flat(item.to_token_stream())).collect(),
                fields: Vec::new(),
                functions: 0..0,
                occurrences: 0..0,
            };
            if implementation.extracts() {
                self.generics = item.generics.type_params().map(|parameter| plain(&parameter.ident)).collect();
            }
            self.scan.implementations.push(implementation);
        }
        visit::visit_item_impl(self, item);
        self.generics = generics;
        self.of = of;
        if item.trait_.is_some() {
            let implementation = &mut self.scan.implementations[number];
            implementation.functions = functions..self.scan.functions.len();
            implementation.occurrences = occurrences..self.scan.occurrences.len();
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.derived(item);
        self.extension_derived(item);
        self.struct_fields(item);
        self.without_code(|walk| visit::visit_item_struct(walk, item));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.without_code(|walk| visit::visit_item_enum(walk, item));
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.without_code(|walk| visit::visit_item_union(walk, item));
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.without_code(|walk| visit::visit_item_type(walk, item));
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.without_code(|walk| visit::visit_item_extern_crate(walk, item));
    }

    fn visit_fn_arg(&mut self, argument: &'ast FnArg) {
        self.without_code(|walk| visit::visit_fn_arg(walk, argument));
    }

    fn visit_generic_param(&mut self, parameter: &'ast syn::GenericParam) {
        self.without_code(|walk| visit::visit_generic_param(walk, parameter));
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let items = block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.blocks.push(Scope::of(items));
        self.unused_permits(block);
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.closure(closure);
        visit::visit_expr_closure(self, closure);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        let variable = self.routing.variable.clone();
        if let Some(name) = name_of(&local.pat) {
            self.routing.variable = Some(name);
        }
        let has_code = local.init.as_ref().is_some_and(|init| init.diverge.is_some() || has_block(&init.expr));
        if has_code {
            visit::visit_local(self, local);
        } else {
            self.without_code(|walk| visit::visit_local(walk, local));
        }
        let value = local.init.as_ref().map_or(Value::Unknown, |init| self.value(&init.expr));
        self.extension_local(local);
        self.secret(local);
        self.bind(&local.pat, value);
        self.routing.variable = variable;
        let root = local.init.as_ref().and_then(|init| self.root(&init.expr));
        self.receiver(&local.pat, root);
    }

    fn visit_expr_unsafe(&mut self, expr: &'ast syn::ExprUnsafe) {
        self.saw(expr.unsafe_token.span(), What::Unsafe("a block"));
        visit::visit_expr_unsafe(self, expr);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.defaulted(expr);
        visit::visit_expr(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let meant = self.meant(&written(&function.path));
            self.extension_made(call, &meant);
            self.routing_call(call, &meant);
            self.token_made(call, &meant);
            let arguments = call.args.iter().map(text).collect();
            self.path(&function.path, arguments);
            // The path is recorded already. Its type (`<T>::f`), its generic arguments and those
            // of the call are not.
            function.qself.iter().for_each(|of| self.visit_type(&of.ty));
            function.path.segments.iter().for_each(|segment| self.visit_path_segment(segment));
            call.args.iter().for_each(|argument| self.visit_expr(argument));
        } else {
            visit::visit_expr_call(self, call);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let arguments = call.args.iter().map(text).collect();
        let turbofish = call.turbofish.as_ref().map(|generics| text(&generics.args)).unwrap_or_default();
        let root = match std::mem::take(&mut self.chain) {
            Chain::Begun(root) => root,
            Chain::None => self.root(&call.receiver),
        };
        // Once a chain, because a router may have thousands of routes.
        if matches!(&*call.receiver, Expr::MethodCall(_)) {
            self.chain = Chain::Begun(root.clone());
        }
        self.extension_call(call);
        let last = call.args.last().and_then(|argument| self.root(argument));
        let method = What::Method { name: plain(&call.method), turbofish, arguments, root: root.clone(), last };
        self.saw(call.method.span(), method);
        if !self.router_method(call, root.as_ref()) {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        let name = match &*assign.left {
            Expr::Path(path) => path.path.get_ident().map(plain),
            _ => None,
        };
        let variable = std::mem::replace(&mut self.routing.variable, name);
        visit::visit_expr_assign(self, assign);
        self.routing.variable = variable;
    }

    fn visit_expr_let(&mut self, expr: &'ast syn::ExprLet) {
        visit::visit_expr_let(self, expr);
        let value = self.value(&expr.expr);
        self.bind(&expr.pat, value);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        self.visit_expr(&expr.expr);
        let value = self.value(&expr.expr);
        for arm in &expr.arms {
            self.bind(&arm.pat, value.clone());
            self.visit_arm(arm);
        }
    }

    fn visit_expr_path(&mut self, expr: &'ast syn::ExprPath) {
        self.routing_variable(&expr.path);
        visit::visit_expr_path(self, expr);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.extension_type(path);
        self.waiver_type(path);
        self.path(path, Vec::new());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let meant = self.meant(&written(&call.path));
        self.routing_macro(call, &meant);
        self.statics_in(call, &meant);
        self.saw(call.path.span(), What::Macro { meant, body: text(&call.tokens) });
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let without_code = self.without_code;
        for lint in relaxed(&attribute.meta).into_iter().filter(|lint| !without_code || lint == "unsafe_code") {
            self.relaxed.push(self.scan.occurrences.len());
            self.saw(attribute.span(), What::Relaxed { lint, over: Over::Module });
        }
        if attribute.path().is_ident("unsafe") {
            self.saw(attribute.span(), What::Unsafe("an attribute"));
        }
        // The name of the function is recorded. A derive, a `cfg_attr` or an attribute macro may
        // name an item of a rule.
        if let Ok(list) = attribute.meta.require_list() {
            self.tokens(list.tokens.clone());
        }
    }
}
